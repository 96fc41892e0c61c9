#include "server/uring_loop.h"

#include <fmt/format.h>
#include <sys/socket.h>

#include <array>
#include <cassert>
#include <cerrno>
#include <system_error>

#include "server/poll.h"

namespace lastword {
namespace {

/// What a completion is about: the address of a connection, or one of these, which no address is.
constexpr std::uint64_t about_nothing = 0;
constexpr std::uint64_t about_wake = 1;
constexpr std::uint64_t about_listener = 2;  // and behind it the index
constexpr std::uint64_t most_listeners = 4000;

constexpr std::uint64_t about(std::size_t listener) { return about_listener + listener; }
std::uint64_t about(const LoopConnection& connection) {
  return reinterpret_cast<std::uint64_t>(&connection);
}

/// 0, or minus the errno of the attempt.
int set_up(io_uring& ring) {
  constexpr unsigned requests = 512;
  io_uring_params parameters{};
  parameters.flags = IORING_SETUP_SINGLE_ISSUER | IORING_SETUP_DEFER_TASKRUN |
                     IORING_SETUP_R_DISABLED | IORING_SETUP_CQSIZE;
  parameters.cq_entries = 8 * requests;
  return io_uring_queue_init_params(requests, &ring, &parameters);
}

}  // namespace

Result<void> try_uring() {
  io_uring ring{};
  const int result = set_up(ring);
  if (result == 0) {
    io_uring_queue_exit(&ring);
    return {};
  }
  const char* hint = "";
  if (result == -EPERM || result == -EACCES) {
    hint = " (see `sysctl kernel.io_uring_disabled`, or the container's seccomp profile)";
  } else if (result == -ENOSYS) {
    hint = " (the kernel has none, or a seccomp profile hides it)";
  } else if (result == -EINVAL) {
    hint = " (it takes Linux 6.1)";
  }
  return failure(fmt::format("io_uring can't be used here: {}{}", describe_errno(-result), hint));
}

UringLoop::UringLoop(LoopShared& shared) : Loop(shared) {
  const int result = set_up(ring_);
  if (result != 0) throw std::system_error(-result, std::generic_category(), "io_uring");
}

UringLoop::~UringLoop() { io_uring_queue_exit(&ring_); }

void UringLoop::run() {
  // From now on this thread alone may use the ring.
  [[maybe_unused]] const int enabled = io_uring_enable_rings(&ring_);
  assert(enabled == 0);
  assert(shared_.listeners.size() < most_listeners);
  accepting_.resize(shared_.listeners.size());
  arm_wake();
  begin();
  for (look_around(); !is_finished(); look_around()) {
    const auto until = wait_at_most_until();
    __kernel_timespec left{};
    if (until) {
      const timespec span = time_left(*until, Clock::now());
      left = {span.tv_sec, span.tv_nsec};
    }
    io_uring_cqe* completion = nullptr;
    io_uring_submit_and_wait_timeout(&ring_, &completion, 1, until ? &left : nullptr, nullptr);
    begin_round();
    unsigned head = 0;
    io_uring_for_each_cqe(&ring_, head, completion) {
      const auto [about_what, result, flags] =
          std::tuple(completion->user_data, completion->res, completion->flags);
      io_uring_cq_advance(&ring_, 1);
      take(about_what, result, (flags & IORING_CQE_F_MORE) == 0);
    }
  }
}

void UringLoop::take(std::uint64_t about_what, int result, bool is_last) {
  if (about_what == about_nothing) return;
  if (about_what == about_wake) {
    take_wake();
    return arm_wake();
  }
  if (about_what < about(most_listeners)) {
    return take_accept(about_what - about_listener, result, is_last);
  }
  auto& connection = *reinterpret_cast<LoopConnection*>(about_what);
  if (connection.waits_ == Waits::to_receive) {
    static_cast<Receive*>(connection.awaiting_)->take(result);
  } else {
    assert(connection.waits_ == Waits::to_send);
    static_cast<Send*>(connection.awaiting_)->take(result);
  }
  end_wait(connection);
}

bool UringLoop::receive(LoopConnection& connection, Receive& receive) {
  io_uring_sqe* request = next_request();
  io_uring_prep_recv(request, connection.socket_.get(), receive.buffer.data(),
                     receive.buffer.size(), receive.flags);
  io_uring_sqe_set_data64(request, about(connection));
  return false;
}

bool UringLoop::send(LoopConnection& connection, Send& send) {
  constexpr unsigned both = 2;  // they must go together
  if (send.then_close && io_uring_sq_space_left(&ring_) < both) io_uring_submit(&ring_);
  io_uring_sqe* request = next_request();
  io_uring_prep_send(request, connection.socket_.get(), send.bytes.data(), send.bytes.size(),
                     MSG_NOSIGNAL | MSG_WAITALL);
  io_uring_sqe_set_data64(request, about(connection));
  if (send.then_close) {
    request->flags |= IOSQE_IO_HARDLINK;  // it closes whether or not the peer was still there
    io_uring_sqe* close = next_request();
    io_uring_prep_close(close, connection.socket_.release());
    io_uring_sqe_set_data64(close, about_nothing);
    close->flags |= IOSQE_CQE_SKIP_SUCCESS;
  }
  return false;
}

bool UringLoop::cancel(LoopConnection& connection) {
  cancel(about(connection));
  return false;
}

void UringLoop::cancel(std::uint64_t about_what) {
  io_uring_sqe* request = next_request();
  io_uring_prep_cancel64(request, about_what, 0);
  io_uring_sqe_set_data64(request, about_nothing);
  request->flags |= IOSQE_CQE_SKIP_SUCCESS;
}

io_uring_sqe* UringLoop::next_request() {
  io_uring_sqe* request = io_uring_get_sqe(&ring_);
  while (!request) {
    io_uring_submit(&ring_);
    request = io_uring_get_sqe(&ring_);
  }
  return request;
}

void UringLoop::arm_wake() {
  io_uring_sqe* request = next_request();
  io_uring_prep_poll_add(request, wake_fd(), POLLIN);
  io_uring_sqe_set_data64(request, about_wake);
}

bool UringLoop::watch_listener(std::size_t index) {
  accepting_[index].is_wanted = true;
  arm(index);
  return true;
}

void UringLoop::unwatch_listener(std::size_t index) {
  accepting_[index].is_wanted = false;
  if (accepting_[index].is_armed) cancel(about(index));
}

void UringLoop::arm(std::size_t index) {
  Accepting& accepting = accepting_[index];
  if (!accepting.is_wanted || accepting.is_armed) return;
  accepting.is_armed = true;
  ++armed_;
  const int listener = shared_.listeners[index].fd();
  accepting.polls_first |= shared_.gate.is_counting();
  io_uring_sqe* request = next_request();
  if (accepting.polls_first) {
    io_uring_prep_poll_add(request, listener, POLLIN);
  } else {
    io_uring_prep_multishot_accept(request, listener, nullptr, nullptr, SOCK_CLOEXEC);
  }
  io_uring_sqe_set_data64(request, about(index));
}

void UringLoop::take_accept(std::size_t index, int result, bool is_last) {
  Accepting& accepting = accepting_[index];
  if (is_last) {
    accepting.is_armed = false;
    --armed_;
  }
  if (accepting.polls_first) {
    accepting.polls_first = false;
    if (result > 0 && accepting.is_wanted) accept_from(index, 0);
  } else if (result >= 0) {
    take_connection(Fd(result));
  } else if (const auto resource = resource_behind_accept_error(-result)) {
    if (!pause_if_needed(index, *resource)) accepting.polls_first = true;
  }
  if (is_last) arm(index);
}

void UringLoop::take_connection(Fd socket) {
  SocketAddress peer;  // an accept that goes on and on can't tell it
  getpeername(socket.get(), peer.get(), &peer.size);
  begin_session(std::move(socket), PeerAddress::from(peer));
}

}  // namespace lastword
