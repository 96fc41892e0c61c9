#include "server/loop.h"

#include <sys/eventfd.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <cassert>
#include <cerrno>
#include <new>
#include <system_error>

#include "server/poll.h"

namespace lastword {

Loop::Loop(LoopShared& shared)
    : shared_(shared),
      waits_(LoopConnection::lengths_of_waits(shared.service.options)),
      wake_(eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC)) {
  if (!wake_) throw std::system_error(errno, std::generic_category(), "eventfd");
}

void Loop::wake() noexcept { eventfd_write(wake_.get(), 1); }

void Loop::take_wake() {
  eventfd_t count = 0;
  eventfd_read(wake_.get(), &count);
}

void Loop::begin() {
  begin_round();
  of_this_thread_ = this;
  frames_.use();
  accepts_ = true;
  watch_listeners();
}

void Loop::watch_listeners() {
  for (std::size_t i = 0; i < shared_.listeners.size() && !is_paused(); ++i) {
    if (!watch_listener(i)) pause(Resource::memory);
  }
}

std::optional<Clock::time_point> Loop::wait_at_most_until() {
  if (set_ != nullptr) return Clock::time_point{};
  auto first = waits_.next();
  for (const auto& other : {accept_again_at_, shared_.gate.calm_at()}) {
    if (other && (!first || *other < *first)) first = other;
  }
  return first;
}

void Loop::begin_round() { now_ = Clock::now(); }

void Loop::look_around() {
  if (accepts_ && is_enough()) stop_accepting();
  resume_those_set();
  if (shared_.stop != heeded_) heed_stop();
  resume_those_due();
  if (accept_again_at_ && *accept_again_at_ <= now_) {
    accept_again_at_.reset();
    watch_listeners();
  }
  shared_.gate.note_calm(now_);
}

bool Loop::is_enough() const { return shared_.stop != Stop::none || shared_.gate.is_complete(); }

void Loop::stop_accepting() {
  accepts_ = false;
  if (!is_paused()) {
    for (std::size_t i = 0; i < shared_.listeners.size(); ++i) unwatch_listener(i);
  }
  accept_again_at_.reset();
  spare_.reset();
}

void Loop::accept_from(std::size_t index, int flags) {
  AcceptGate& gate = shared_.gate;
  // Bounded, so that a flood of connections does not starve those who are served.
  for (int batch = 0; batch < 64 && !is_enough() && !is_paused(); ++batch) {
    if (gate.is_counting()) {
      const auto permit = gate.ask();
      if (permit == AcceptGate::Permit::too_many) pause_if_needed(index, Resource::sessions);
      if (permit != AcceptGate::Permit::given) return;
    }
    if (!prepare()) {
      gate.give_back();
      return pause(Resource::memory);
    }
    SocketAddress peer;
    const int listener = shared_.listeners[index].fd();
    Fd socket(accept4(listener, peer.get(), &peer.size, flags | SOCK_CLOEXEC));
    if (!socket) {
      const int error = errno;
      gate.give_back();
      // EINVAL: another loop has taken the last connection, and shut the listener.
      if (error == EAGAIN || error == EINVAL) return;
      const auto resource = resource_behind_accept_error(error);
      if (resource && pause_if_needed(index, *resource)) return;
      if (resource) return;
      assert(error != EBADF && error != ENOTSOCK && error != EFAULT);
      continue;  // the connection's own trouble: it was gone before it was accepted
    }
    begin_session(std::move(socket), PeerAddress::from(peer));
  }
}

bool Loop::prepare() {
  try {
    if (!spare_) spare_ = std::make_unique<LoopConnection>();
    return true;
  } catch (const std::bad_alloc&) {
    return false;
  }
}

void Loop::begin_session(Fd socket, const PeerAddress& peer) {
  const SessionInfo info{shared_.gate.count_accepted(), peer, now_};
  if (shared_.gate.is_complete()) shared_.on_complete();
  if (!prepare()) {
    shared_.service.observer.accepted(info);
    refuse_for_memory(socket.get(), info);
    shared_.gate.count_ended();
    return pause(Resource::memory);
  }
  ++live_;
  LoopConnection& connection = *spare_.release();
  connection.socket_ = std::move(socket);
  connection.info_ = info;
  try {
    connection.task_.start();
  } catch (const std::bad_alloc&) {
    tell_of_memory(connection);
  }
  if (!connection.task_ || connection.task_.is_done()) end_session(connection);
}

void Loop::end_wait(LoopConnection& connection) {
  WaitQueues::remove(connection);
  connection.waits_ = Waits::no;
  try {
    std::exchange(connection.awaiting_, nullptr)->session.resume();
  } catch (const std::bad_alloc&) {
    tell_of_memory(connection);
  }
  if (!connection.task_ || connection.task_.is_done()) end_session(connection);
}

void Loop::tell_of_memory(LoopConnection& connection) {
  connection.end();  // it leaves its turn before anybody touches a socket
  if (!connection.is_answered_) refuse_for_memory(connection.socket_.get(), connection.info_);
}

void Loop::refuse_for_memory(int socket, const SessionInfo& info) {
  const std::string_view line = line_of(Refusal::out_of_memory);
  ::send(socket, line.data(), line.size(), MSG_NOSIGNAL | MSG_DONTWAIT);
  shared_.service.observer.refused(info, Refusal::out_of_memory);
}

void Loop::end_session(LoopConnection& connection) {
  --live_;
  shared_.gate.count_ended();
  delete &connection;
}

bool Loop::pause_if_needed(std::size_t index, Resource resource) {
  // A limit that is reached is no shortage yet: not until somebody waits to be accepted. (accept
  // itself looks for a descriptor before it looks for a connection.)
  if (is_enough() || !somebody_waits_at(shared_.listeners[index].fd())) return false;
  pause(resource);
  return true;
}

void Loop::pause(Resource resource) {
  const auto now = Clock::now();
  shared_.gate.begin_pause(resource, now);
  if (is_paused()) return;
  for (std::size_t i = 0; i < shared_.listeners.size(); ++i) unwatch_listener(i);
  accept_again_at_ = now + AcceptPauses::pause;
}

void Loop::push(Told& told) noexcept {
  // Nothing of what was set may be touched once it is in the list.
  const bool is_own_thread = is_of_this_thread();
  Told* first = set_;
  do {
    told.next_ = first;
  } while (!set_.compare_exchange_weak(first, &told));
  if (!first && !is_own_thread) wake();
}

LoopConnection::Told* Loop::take_list() {
  Told* last_first = set_.exchange(nullptr);
  Told* first = nullptr;
  while (last_first) {  // turned round: first come first served
    Told* next = last_first->next_;
    last_first->next_ = std::exchange(first, last_first);
    last_first = next;
  }
  return first;
}

void Loop::take_from_list(const Told& taken) {
  for (Told* told = take_list(); told;) {
    Told& other = *std::exchange(told, told->next_);
    if (&other != &taken) push(other);
  }
}

void Loop::resume_those_set() {
  for (Told* told = take_list(); told;) {
    Told& set = *std::exchange(told, told->next_);
    set.is_in_list_ = false;
    set.is_set_ = true;
    if (set.is_awaited_) end_wait(set.connection_);
  }
}

void Loop::resume_those_due() {
  while (WaitNode* node = waits_.take_due(now_)) {
    auto& connection = static_cast<LoopConnection&>(*node);
    if (connection.waits_ == Waits::to_receive) {
      static_cast<Receive*>(connection.awaiting_)->received.kind = Received::Kind::timeout;
    }
    const bool needs_cancel =
        connection.waits_ == Waits::to_receive || connection.waits_ == Waits::to_send;
    if (!needs_cancel || cancel(connection)) end_wait(connection);
  }
}

void Loop::heed_stop() {
  heeded_ = shared_.stop;
  waits_.every_one([this](WaitNode& node) {
    auto& connection = static_cast<LoopConnection&>(node);
    switch (connection.waits_) {
      case Waits::no:
      case Waits::to_send: return;
      case Waits::to_receive: {
        auto& receive = *static_cast<Receive*>(connection.awaiting_);
        if (heeded_ < receive.ended_by) return;
        receive.received.kind = Received::Kind::stopping;
        WaitQueues::remove(connection);
        if (cancel(connection)) end_wait(connection);
        return;
      }
      case Waits::to_hold:
      case Waits::to_be_told:
        if (heeded_ == Stop::cut) end_wait(connection);
        return;
    }
  });
}

}  // namespace lastword
