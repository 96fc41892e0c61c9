#include "server/thread_engine.h"

#include <pthread.h>
#include <sys/socket.h>

#include <cassert>
#include <cerrno>
#include <new>

#include "server/poll.h"

namespace lastword {
namespace {

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
      : engine(its_engine), connection(its_engine.service_) {}

  ThreadEngine& engine;
  BlockingConnection connection;
  std::list<LiveSession>::iterator self;
};

ThreadEngine::ThreadEngine(const ServerOptions& options, Slot& slot, Observer& observer,
                           StopSignals& signals)
    : Stopping(signals, options.grace),
      options_(options),
      service_{slot, options.session, observer},
      signals_(signals),
      pauses_(observer) {}

ThreadEngine::~ThreadEngine() { assert(live_.empty()); }

Stopped ThreadEngine::run(std::vector<Listener> listeners) {
  accept_until_stopped(listeners);
  listeners.clear();
  {
    const std::lock_guard lock(mutex_);
    tell_when_idle_ = true;
    if (live_.empty()) tell_idle();
  }
  const Stopped stopped = finish(signalled_);
  const std::lock_guard lock(mutex_);  // the last session's thread has let go of it
  return stopped;
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
    pending_.front().connection.mark(Stop::cut);
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
    if (somebody_waits_at(listener.fd())) pause(resource);
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
    const SessionInfo info{accepted_, PeerAddress::from(peer), Clock::now()};
    pending_.front().connection.open(std::move(socket), info);
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

void ThreadEngine::stop_all(Stop stop) {
  const std::lock_guard lock(mutex_);
  for (LiveSession& session : live_) session.connection.mark(stop);
  for (LiveSession& session : live_) session.connection.wake();
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
  // On this thread's stack: a session needs no heap, and can't run out of it in the middle.
  alignas(FrameMemory::alignment) std::byte bytes[2048];
  const FrameMemory frames(bytes);
  try {
    serve(session.connection).start();
  } catch (const std::bad_alloc&) {
    if (!session.connection.has_answered()) {
      session.connection.send(line_of(Refusal::out_of_memory));
      service.observer.refused(session.connection.info(), Refusal::out_of_memory);
    }
  }
}

void ThreadEngine::end(LiveSession& session) {
  session.connection.close();
  std::list<LiveSession> ended;  // outlives the lock, so that the frame is freed outside it
  const std::lock_guard lock(mutex_);
  ended.splice(ended.begin(), live_, session.self);
  if (live_.empty() && tell_when_idle_) tell_idle();
}

}  // namespace lastword
