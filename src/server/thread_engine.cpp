#include "server/thread_engine.h"

#include <poll.h>
#include <pthread.h>
#include <sys/eventfd.h>
#include <sys/socket.h>

#include <algorithm>
#include <array>
#include <cassert>
#include <cerrno>
#include <new>
#include <span>
#include <system_error>

namespace lastword {
namespace {

/// How long sessions that were cut short may take to tell their writers.
constexpr Clock::duration farewell = std::chrono::seconds(1);

/// poll(2) until then, or for ever where there is no `until`. Gives whether anything was ready.
bool poll_until(std::span<pollfd> entries, std::optional<Clock::time_point> until) {
  for (;;) {
    timespec left{};
    if (until) {
      const auto span = std::max<Clock::duration>(*until - Clock::now(), Clock::duration::zero());
      left.tv_sec = static_cast<time_t>(span / std::chrono::seconds(1));
      left.tv_nsec = (span % std::chrono::seconds(1)).count();
    }
    const int ready = ppoll(entries.data(), entries.size(), until ? &left : nullptr, nullptr);
    if (ready >= 0) return ready > 0;
    assert(errno == EINTR);
  }
}

/// A detached thread with a small stack, or the errno of the attempt.
int start_detached_thread(void* (*main)(void*), void* argument) {
  pthread_attr_t attributes;
  pthread_attr_init(&attributes);
  pthread_attr_setdetachstate(&attributes, PTHREAD_CREATE_DETACHED);
  pthread_attr_setstacksize(&attributes, thread_stack_size);
  pthread_t thread{};
  const int error = pthread_create(&thread, &attributes, main, argument);
  pthread_attr_destroy(&attributes);
  return error;
}

}  // namespace

struct ThreadEngine::LiveSession {
  explicit LiveSession(ThreadEngine& its_engine)
      : engine(its_engine), connection(its_engine.options_.session.read_timeout) {}

  ThreadEngine& engine;
  SessionInfo info;
  BlockingConnection connection;
  std::list<LiveSession>::iterator self;
};

ThreadEngine::ThreadEngine(const ServerOptions& options, Slot& slot, Observer& observer,
                           StopSignals& signals)
    : options_(options),
      service_{slot, options.session, observer},
      signals_(signals),
      pauses_(observer),
      idle_(eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC)) {
  if (!idle_) throw std::system_error(errno, std::generic_category(), "eventfd");
}

ThreadEngine::~ThreadEngine() { assert(live_.empty()); }

Stopped ThreadEngine::run(std::vector<Listener> listeners) {
  accept_until_stopped(listeners);
  listeners.clear();
  return finish_sessions();
}

void ThreadEngine::accept_until_stopped(std::vector<Listener>& listeners) {
  // Made once: while memory is out, waiting must not need any.
  std::vector<pollfd> entries{{signals_.fd(), POLLIN, 0}};
  for (const Listener& listener : listeners) entries.push_back({listener.fd(), POLLIN, 0});

  while (!signalled_ && (wants_more() || has_pending())) {
    if (!wants_more()) listeners.clear();  // SPEC 1.4: the last one waits only for its thread
    if (has_pending() && !start_pending()) continue;
    if (!wants_more()) break;
    poll_until(entries, pauses_.calm_at());
    if (entries.front().revents != 0) take_signal();
    for (std::size_t i = 0; i < listeners.size(); ++i) {
      const bool is_ready = entries[i + 1].revents != 0;
      if (is_ready && !signalled_ && !has_pending()) accept_from(listeners[i]);
    }
    pauses_.note_calm(Clock::now());
  }
  if (has_pending()) {  // there is no thread for it, and no time to wait: it is refused from here
    pending_.front().connection.mark(BlockingConnection::Stop::cut);
    run(pending_.front());
  }
  pending_.clear();
}

bool ThreadEngine::wants_more() const {
  return options_.connections == 0 || accepted_ < options_.connections;
}

bool ThreadEngine::has_pending() const {
  return !pending_.empty() && pending_.front().connection.is_open();
}

void ThreadEngine::accept_from(const Listener& listener) {
  assert(!has_pending());
  // A limit that is reached is no shortage yet: not until somebody waits to be accepted. (accept
  // itself looks for a descriptor before it looks for a connection.)
  const auto pause_if_needed = [&](Resource resource) {
    pollfd entry{listener.fd(), POLLIN, 0};
    if (poll_until({&entry, 1}, Clock::now())) pause(resource);
  };
  // Bounded, so that a flood on one listener starves neither the others nor the signals.
  for (int batch = 0; batch < 64 && wants_more(); ++batch) {
    if (options_.max_sessions != 0 && live_count() >= options_.max_sessions) {
      return pause_if_needed(Resource::sessions);
    }
    if (pending_.empty()) {
      try {
        pending_.emplace_back(*this);
      } catch (const std::bad_alloc&) {
        return pause(Resource::memory);
      }
    }
    SocketAddress peer;
    Fd socket(accept4(listener.fd(), peer.get(), &peer.size, SOCK_CLOEXEC));
    if (!socket) {
      if (errno == EAGAIN) return;
      if (const auto resource = resource_behind_accept_error(errno)) {
        return pause_if_needed(*resource);
      }
      assert(errno != EBADF && errno != EINVAL && errno != ENOTSOCK && errno != EFAULT);
      continue;  // the connection's own trouble: it was gone before it was accepted
    }
    ++accepted_;
    LiveSession& session = pending_.front();
    session.info = {accepted_, PeerAddress::from(peer), Clock::now()};
    session.connection.open(std::move(socket));
    if (!start_pending()) return;
  }
}

/// Gives the accepted socket its thread; false, after a pause, where there is none to be had.
bool ThreadEngine::start_pending() {
  LiveSession& session = pending_.front();
  {
    const std::lock_guard lock(mutex_);
    session.self = pending_.begin();
    live_.splice(live_.end(), pending_);
  }
  const int error = start_detached_thread(thread_main, &session);
  if (error == 0) return true;
  assert(error == EAGAIN || error == ENOMEM);
  {
    const std::lock_guard lock(mutex_);
    pending_.splice(pending_.begin(), live_, session.self);
  }
  pause(Resource::threads);
  return false;
}

void ThreadEngine::pause(Resource resource) {
  const auto now = Clock::now();
  pauses_.begin(resource, options_.max_sessions, now);
  pollfd entry{signals_.fd(), POLLIN, 0};
  if (poll_until({&entry, 1}, now + AcceptPauses::pause)) take_signal();
}

void ThreadEngine::take_signal() { signalled_ |= signals_.take() != 0; }

Stopped ThreadEngine::finish_sessions() {
  // Marked first and woken then: or the first to be woken would pass its turn to one that knows
  // nothing of the stop yet, and that one would store.
  const auto stop_all = [this](BlockingConnection::Stop stop) {
    const std::lock_guard lock(mutex_);
    for (LiveSession& session : live_) session.connection.mark(stop);
    for (LiveSession& session : live_) session.connection.wake();
  };
  if (!signalled_ && wait_until_idle(std::nullopt) == Wait::idle) return Stopped::finished;

  stop_all(BlockingConnection::Stop::receiving);
  const Wait grace = wait_until_idle(Clock::now() + options_.grace);
  if (grace == Wait::idle) return Stopped::finished;
  if (grace == Wait::signalled) return Stopped::interrupted;

  stop_all(BlockingConnection::Stop::cut);
  switch (wait_until_idle(Clock::now() + farewell)) {
    case Wait::idle: return Stopped::finished;
    case Wait::signalled: return Stopped::interrupted;
    case Wait::timed_out: return Stopped::overdue;
  }
  return Stopped::overdue;
}

ThreadEngine::Wait ThreadEngine::wait_until_idle(std::optional<Clock::time_point> until) {
  {
    const std::lock_guard lock(mutex_);
    if (live_.empty()) return Wait::idle;
    tell_when_idle_ = true;
  }
  std::array<pollfd, 2> entries{{{signals_.fd(), POLLIN, 0}, {idle_.get(), POLLIN, 0}}};
  while (poll_until(entries, until)) {
    if (entries[1].revents != 0) {
      const std::lock_guard lock(mutex_);  // the last session's thread has let go of it
      return Wait::idle;
    }
    if (signals_.take() != 0) return Wait::signalled;
  }
  return Wait::timed_out;
}

std::uint64_t ThreadEngine::live_count() {
  const std::lock_guard lock(mutex_);
  return live_.size();
}

void* ThreadEngine::thread_main(void* argument) {
  LiveSession& session = *static_cast<LiveSession*>(argument);
  run(session);
  session.engine.end(session);
  return nullptr;
}

void ThreadEngine::run(LiveSession& session) {
  const Service& service = session.engine.service_;
  const FrameMemory frames;
  try {
    serve(session.connection, session.info, service).start();
  } catch (const std::bad_alloc&) {
    if (!session.connection.has_answered()) {
      session.connection.send(line_of(Refusal::out_of_memory));
      service.observer.refused(session.info, Refusal::out_of_memory);
    }
  }
}

void ThreadEngine::end(LiveSession& session) {
  session.connection.close();
  std::list<LiveSession> ended;  // outlives the lock, so that the frame is freed outside it
  const std::lock_guard lock(mutex_);
  ended.splice(ended.begin(), live_, session.self);
  if (live_.empty() && tell_when_idle_) eventfd_write(idle_.get(), 1);
}

}  // namespace lastword
