#include "bench/generator.h"

#include <fmt/format.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cassert>
#include <cerrno>
#include <utility>

#include "bench/clock.h"

namespace lastword {
namespace {

constexpr std::int64_t ms = 1'000'000;
constexpr std::int64_t tick_ns = 100 * ms;
constexpr int starts_at_once = 32;              // then answers have their turn
constexpr std::uint64_t most_connecting = 256;  // of a closed loop: a listen queue is short
constexpr std::int64_t pause_ns = 10 * ms;
constexpr std::uint64_t hopeless = 10;  // failures to connect, and never a success
constexpr std::uint32_t events_waited_for = EPOLLIN | EPOLLRDHUP | EPOLLET;

/// Of the calling process.
rusage usage() {
  rusage value{};
  getrusage(RUSAGE_SELF, &value);
  return value;
}

std::int64_t to_ns(const timeval& time) {
  return time.tv_sec * 1'000'000'000 + time.tv_usec * 1000;
}

}  // namespace

Generator::Generator(const Share& share, Dialogue& dialogue,
                     std::function<void(const Sample&)> on_sample)
    : share_(share),
      dialogue_(dialogue),
      on_sample_(std::move(on_sample)),
      dialer_(share_),
      last_step_(dialogue.steps() - 1),
      epoll_(epoll_create1(EPOLL_CLOEXEC)),
      buffer_(64 * 1024) {
  assert(!share_.targets.empty() && last_step_ >= 0 && last_step_ < 255);
  prctl(PR_SET_TIMERSLACK, 1UL);  // planned times are kept to the microsecond
  if (share_.run_rate > 0) {
    schedule_.emplace(share_.arrivals, share_.run_rate, share_.worker, share_.workers, share_.seed);
  }
}

Measured Generator::run(const std::function<bool()>& interrupted) {
  if (!epoll_) measured_.failures.push_back("cannot make an epoll: " + describe_errno(errno));
  next_tick_ns_ = share_.begin_ns;
  while (epoll_) {
    const std::int64_t now = now_ns();
    const bool more_is_due = start_due(now);
    if (!may_start(now)) {
      take_processor_time(now);
      if (in_flight_ == 0) break;
    }
    if (interrupted()) {
      measured_.interrupted = true;
      break;
    }
    wait_for_events(more_is_due, now);
    tick(now_ns());
  }
  take_processor_time(now_ns());
  measured_.unfinished = in_flight_;
  for (std::size_t fd = 0; fd < sessions_.size() && in_flight_ > 0; ++fd) {
    if (sessions_[fd].state != State::unused) close_session(static_cast<int>(fd), {});
  }
  if (const auto error = dialogue_.finish()) measured_.failures.push_back(*error);
  const std::int64_t window_end_ns = share_.window_begin_ns() + share_.duration_ns;
  const bool whole = share_.duration_ns > 0 && measured_.started < share_.sessions &&
                     !measured_.interrupted && !unreachable_;
  const std::int64_t end_ns = whole ? window_end_ns : last_end_ns_;
  measured_.window_ns = std::max<std::int64_t>(0, end_ns - share_.window_begin_ns());
  measured_.processes = 1;
  measured_.sent.resize(share_.workers);
  measured_.sent[share_.worker] = next_number_;
  measured_.named = dialogue_.named_sessions();
  return std::move(measured_);
}

bool Generator::may_start(std::int64_t now_ns) const {
  if (measured_.started >= share_.sessions || unreachable_) return false;
  if (share_.duration_ns == 0) return true;
  const std::int64_t end_ns = share_.window_begin_ns() + share_.duration_ns;
  return (schedule_ ? share_.begin_ns + schedule_->next_ns() : now_ns) < end_ns;
}

/// Starts what is due; whether more is due at once.
bool Generator::start_due(std::int64_t now) {
  if (now < share_.begin_ns || now < pause_until_ns_) return false;
  if (cpu_since_ns_ == 0 && now >= share_.window_begin_ns()) {
    const rusage used = usage();
    measured_.user_ns = -to_ns(used.ru_utime);
    measured_.system_ns = -to_ns(used.ru_stime);
    cpu_since_ns_ = now;
  }
  for (int begun = 0; begun < starts_at_once; ++begun) {
    if (!may_start(now)) return false;
    if (schedule_) {
      const std::int64_t planned = share_.begin_ns + schedule_->next_ns();
      if (planned > now) return false;
      schedule_->advance();
      start(planned);
    } else {
      if (in_flight_ >= share_.concurrency || connecting_ * share_.workers >= most_connecting)
        return false;
      if (now < pause_until_ns_) return false;
      start(now_ns());
    }
  }
  return true;
}

void Generator::start(std::int64_t planned) {
  ++measured_.started;
  if (planned >= share_.window_begin_ns()) measured_.start_delay.record(now_ns() - planned);
  const Dialer::Dialed dialed = dialer_.dial();
  const int fd = dialed.fd;
  if (fd < 0) {
    if (!schedule_) pause_until_ns_ = now_ns() + pause_ns;
    return count_error(dialed.kind, dialed.why);
  }
  if (static_cast<std::size_t>(fd) >= sessions_.size()) {
    sessions_.resize(std::max<std::size_t>(static_cast<std::size_t>(fd) + 1, 64 + fd * 5 / 4));
  }
  Session& session = sessions_[static_cast<std::size_t>(fd)];
  assert(session.state == State::unused);
  session = {planned, now_ns(), 0, State::connecting, 0};
  ++in_flight_;
  ++connecting_;
  if (send_request(fd, session)) watch(fd, session.state == State::connecting);
}

/// On a loopback the connection is made by the time connect() returns, so sending is tried at once.
/// False where the session has ended instead.
bool Generator::send_request(int fd, Session& session) {
  const bool first = session.state == State::connecting;
  if (first) session.number = next_number_;
  request_.clear();
  dialogue_.request({share_.worker, session.number}, session.step, request_);
  const std::int64_t before = now_ns();
  const auto sent = send(fd, request_.data(), request_.size(), MSG_NOSIGNAL);
  if (sent < 0 && (errno == EAGAIN || errno == ENOTCONN) && first) return true;  // not yet
  if (sent != static_cast<ssize_t>(request_.size())) {
    const bool no_connection = first && errno != EPIPE && errno != ECONNRESET;
    fail(fd, no_connection ? ErrorKind::connect_failed : ErrorKind::reset,
         sent < 0 ? describe_errno(errno) : "it takes no more bytes");
    return false;
  }
  if (first) {
    ++next_number_;
    ++measured_.connected;
    --connecting_;
    session.sent_ns = before;
    session.state = State::waiting;
    measured_.peak_held = std::max(measured_.peak_held, in_flight_ - connecting_);
  }
  return true;
}

void Generator::watch(int fd, bool connecting) {
  epoll_event event{};
  event.events = events_waited_for | (connecting ? EPOLLOUT : 0U);
  event.data.fd = fd;
  if (epoll_ctl(epoll_.get(), EPOLL_CTL_ADD, fd, &event) != 0) {
    fail(fd, ErrorKind::out_of_descriptors, "cannot watch a socket: " + describe_errno(errno));
  }
}

void Generator::wait_for_events(bool more_is_due, std::int64_t now) {
  std::int64_t until = std::min(next_tick_ns_, next_time_out_ns_);
  if (schedule_ && may_start(now)) {
    until = std::min(until, share_.begin_ns + schedule_->next_ns());
  } else if (now < pause_until_ns_) {
    until = std::min(until, pause_until_ns_);
  }
  const std::int64_t wait = more_is_due ? 0 : std::max<std::int64_t>(0, until - now);
  const timespec timeout{wait / 1'000'000'000, wait % 1'000'000'000};
  std::array<epoll_event, 128> events;  // NOLINT(cppcoreguidelines-pro-type-member-init)
  const int count = epoll_pwait2(epoll_.get(), events.data(), events.size(), &timeout, nullptr);
  for (int at = 0; at < count; ++at) handle(events[static_cast<std::size_t>(at)]);
}

void Generator::handle(const epoll_event& event) {
  const int fd = event.data.fd;
  Session& session = sessions_[static_cast<std::size_t>(fd)];
  if (session.state == State::unused) return;  // ended by an event before this one
  if (session.state == State::connecting && !finish_connecting(fd, session, event.events)) return;
  if ((event.events & ~EPOLLOUT) != 0) receive(fd, session, event.events);
}

/// Whether the session has sent now.
bool Generator::finish_connecting(int fd, Session& session, std::uint32_t events) {
  if ((events & (EPOLLERR | EPOLLHUP)) != 0) {
    int error = 0;
    socklen_t size = sizeof error;
    getsockopt(fd, SOL_SOCKET, SO_ERROR, &error, &size);
    if (!schedule_) pause_until_ns_ = now_ns() + pause_ns;
    fail(fd, ErrorKind::connect_failed, describe_errno(error));
    return false;
  }
  return send_request(fd, session) && session.state == State::waiting;
}

void Generator::receive(int fd, Session& session, std::uint32_t events) {
  // The server's end that was seen before a receive that did not fill the buffer is behind all that
  // the receive gave: it need not be received too. (A reset must be.)
  const bool end_seen = (events & (EPOLLRDHUP | EPOLLERR | EPOLLHUP)) == EPOLLRDHUP;
  for (;;) {
    const auto got = recv(fd, buffer_.data(), buffer_.size(), 0);
    if (got < 0) {
      if (errno == EAGAIN || errno == EINTR) return;
      return fail(fd, ErrorKind::reset, describe_errno(errno));
    }
    const auto size = static_cast<std::size_t>(got);
    const bool closed = size == 0 || (end_seen && size < buffer_.size());
    if (!take(fd, session, {buffer_.data(), size}, closed)) return;
    if (size < buffer_.size() && (events & (EPOLLRDHUP | EPOLLERR | EPOLLHUP)) == 0) return;
  }
}

/// Whether the session goes on.
bool Generator::take(int fd, Session& session, std::string_view bytes, bool closed) {
  const std::int64_t now = now_ns();
  std::string joined;
  Answer answer{bytes, bytes.empty() ? 0 : now, bytes.empty() ? 0 : now};
  if (const auto known = partial_.find(fd); known != partial_.end()) {
    joined = std::move(known->second.bytes);
    joined += bytes;
    answer = {joined, known->second.first_byte_ns,
              bytes.empty() ? known->second.last_byte_ns : now};
    partial_.erase(known);
  }
  const SessionId id{share_.worker, session.number};
  Judgement judgement = dialogue_.judge(id, session.step, answer.bytes, closed);
  const bool last = session.step == last_step_;
  if (closed && (judgement.state == Judgement::State::more ||
                 (judgement.state == Judgement::State::right && !last))) {
    judgement = Judgement::wrong(
        ErrorKind::closed, fmt::format("after {} bytes of answer {} of {}", answer.bytes.size(),
                                       session.step + 1, last_step_ + 1));
  }
  switch (judgement.state) {
    case Judgement::State::wrong:
      count_error(judgement.kind, judgement.why);
      close_session(fd, answer);
      return false;
    case Judgement::State::more:
      partial_[fd] = {std::string(answer.bytes), answer.first_byte_ns, answer.last_byte_ns};
      return true;
    case Judgement::State::right: break;
  }
  if (last) {
    answered(fd, session, answer);
    return false;
  }
  ++session.step;
  return send_request(fd, session);
}

void Generator::answered(int fd, const Session& session, const Answer& answer) {
  const std::int64_t end = answer.last_byte_ns;
  const std::int64_t early_by = session.sent_ns + share_.hold_ns - answer.first_byte_ns;
  if (early_by > share_.early_slack_ns) {
    count_error(ErrorKind::early,
                fmt::format("by {:.3f} ms; does --hold say what the server holds?",
                            static_cast<double>(early_by) / ms));
    return close_session(fd, answer);
  }
  ++measured_.answered;
  last_end_ns_ = std::max(last_end_ns_, end);
  const std::int64_t window_begin = share_.window_begin_ns();
  const std::int64_t window_end = window_begin + share_.duration_ns;
  const bool before_end = share_.duration_ns == 0 || end < window_end;
  if (end >= window_begin && before_end) ++measured_.in_window;
  if (measures(session)) {
    const std::int64_t from = schedule_ ? session.planned_ns : session.sent_ns;
    measured_.latency.record(end - session.planned_ns);
    measured_.lateness.record(end - from - share_.hold_ns);
  }
  close_session(fd, answer);
}

void Generator::count_error(ErrorKind kind, std::string_view why) {
  measured_.errors.add(kind, why);
  if (measured_.connected == 0 &&
      measured_.errors.of(ErrorKind::connect_failed).count >= hopeless) {
    unreachable_ = true;
  }
}

void Generator::fail(int fd, ErrorKind kind, std::string_view why) {
  count_error(kind, why);
  close_session(fd, {});
}

void Generator::close_session(int fd, const Answer& answer) {
  partial_.erase(fd);
  Session& session = sessions_[static_cast<std::size_t>(fd)];
  if (session.state == State::waiting) {
    dialogue_.ended({{share_.worker, session.number},
                     session.sent_ns,
                     answer.first_byte_ns,
                     answer.last_byte_ns,
                     now_ns(),
                     answer.bytes});
  } else {
    --connecting_;
  }
  session.state = State::unused;
  --in_flight_;
  close(fd);
}

void Generator::tick(std::int64_t now) {
  if (now >= next_time_out_ns_) time_out_sessions(now);
  if (now < next_tick_ns_) return;
  const auto number = static_cast<std::uint64_t>((now - share_.begin_ns) / tick_ns);
  next_tick_ns_ = share_.begin_ns + static_cast<std::int64_t>(number + 1) * tick_ns;
  on_sample_({number, measured_.started, measured_.answered, measured_.errors.total(),
              in_flight_ - connecting_});
}

void Generator::time_out_sessions(std::int64_t now) {
  // Looked for all at once and seldom: that costs less than to keep them in order.
  next_time_out_ns_ = now + std::clamp(share_.timeout_ns / 8, 5 * ms, 1000 * ms);
  const std::int64_t allowed = share_.hold_ns + share_.timeout_ns;
  for (std::size_t fd = 0; fd < sessions_.size(); ++fd) {
    const Session& session = sessions_[fd];
    if (session.state == State::unused || now - session.sent_ns < allowed) continue;
    const bool connecting = session.state == State::connecting;
    const auto seconds = static_cast<double>(now - session.sent_ns) / 1e9;
    fail(static_cast<int>(fd), connecting ? ErrorKind::connect_failed : ErrorKind::timed_out,
         fmt::format("{} after {:.3f} s", connecting ? "no connection" : "no end", seconds));
  }
}

void Generator::take_processor_time(std::int64_t now) {
  if (cpu_taken_ || cpu_since_ns_ == 0) return;
  cpu_taken_ = true;
  const rusage used = usage();
  measured_.user_ns += to_ns(used.ru_utime);
  measured_.system_ns += to_ns(used.ru_stime);
  measured_.cpu_span_ns = now - cpu_since_ns_;
}

}  // namespace lastword
