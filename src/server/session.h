#pragma once

#include <algorithm>
#include <array>
#include <chrono>
#include <concepts>
#include <span>
#include <string_view>
#include <tl/expected.hpp>
#include <utility>
#include <variant>

#include "protocol/message_reader.h"
#include "protocol/reply.h"
#include "server/observer.h"
#include "server/task.h"
#include "slot/slot.h"

namespace lastword {

/// What a session is to do; the same for all sessions of a server.
struct SessionOptions {
  Clock::duration hold = std::chrono::seconds(2);
  Clock::duration quiet_gap = std::chrono::milliseconds(100);
  Clock::duration read_timeout = std::chrono::seconds(10);
  Scope scope = Scope::access;
};

/// What one receive gave.
struct Received {
  enum class Kind {
    bytes,
    end,       ///< the peer's half-close
    timeout,   ///< nothing came in time
    broken,    ///< the connection is gone
    stopping,  ///< the server stops, and waits for no more messages
  };
  Kind kind = Kind::bytes;
  std::size_t size = 0;  ///< only of `bytes`: at least 1
};

/// What an engine gives a session: one accepted socket, and what waiting means. Every `co_await`
/// below either is ready at once, the engine having blocked the thread until then, or suspends.
///
/// - `receive(buffer, patience)` gives `Received`; `discard(patience)` likewise, but throws the
///   bytes away; with no patience at all it only looks.
/// - `send(bytes)` gives whether the peer was still there; it sends them in one segment.
/// - `hold_until(time)` and `completed()`, which waits for `completion()` to be set, give false
///   when the server's grace time ended first.
/// - `shut_sending()` tells the peer that nothing more follows.
template <class C>
concept SessionConnection = requires(C c, std::span<char> buffer, Clock::duration patience,
                                     Clock::time_point time, std::string_view bytes) {
  { c.receive(buffer, patience).await_resume() } -> std::same_as<Received>;
  { c.discard(patience).await_resume() } -> std::same_as<Received>;
  { c.send(bytes).await_resume() } -> std::same_as<bool>;
  { c.hold_until(time).await_resume() } -> std::same_as<bool>;
  { c.completed().await_resume() } -> std::same_as<bool>;
  { c.completion() } -> std::same_as<Completion&>;
  c.shut_sending();
};

/// A message as a writer sent it.
struct Request {
  Message message;
  Ending ending = Ending::none;
  bool has_trailing_bytes = false;
};

/// Why there is no request: a refusal, or nobody to refuse.
using NoRequest = std::variant<Refusal, Failure>;

/// The turn of session scope, left at the latest when this goes; in access scope it is nothing.
class Turn {
 public:
  Turn(Slot& slot, Completion& completion, Scope scope)
      : slot_(slot), completion_(completion), entered_(scope == Scope::session) {
    if (entered_) slot_.enter(completion_);
  }
  Turn(const Turn&) = delete;
  Turn& operator=(const Turn&) = delete;
  ~Turn() { leave(); }

  bool must_be_awaited() const { return entered_; }
  void leave() {
    if (std::exchange(entered_, false)) slot_.leave(completion_);
  }

 private:
  Slot& slot_;
  Completion& completion_;
  bool entered_;
};

/// Receives one message: it ends at its ending, the half-close, or the quiet gap (SPEC 2).
template <SessionConnection Connection>
Task<tl::expected<Request, NoRequest>> receive_message(Connection& connection,
                                                       const SessionOptions& options) {
  MessageReader reader;
  std::array<char, 64> buffer;
  while (reader.state() == MessageReader::State::need_more) {
    const auto patience = reader.has_started() ? options.quiet_gap : options.read_timeout;
    const Received got = co_await connection.receive(std::span<char>(buffer), patience);
    switch (got.kind) {
      case Received::Kind::bytes: reader.feed({buffer.data(), got.size}); break;
      case Received::Kind::end:
        if (!reader.has_started()) co_return tl::unexpected(NoRequest(Failure::closed_silently));
        reader.end_of_input();
        break;
      case Received::Kind::timeout:
        if (!reader.has_started()) co_return tl::unexpected(NoRequest(Refusal::silent));
        reader.end_of_input();
        break;
      case Received::Kind::broken: co_return tl::unexpected(NoRequest(Failure::reset));
      case Received::Kind::stopping: co_return tl::unexpected(NoRequest(Refusal::stopping));
    }
  }
  switch (reader.state()) {
    case MessageReader::State::too_long: co_return tl::unexpected(NoRequest(Refusal::too_long));
    case MessageReader::State::empty: co_return tl::unexpected(NoRequest(Refusal::empty));
    default: break;
  }
  co_return Request{reader.message(), reader.ending(), reader.has_trailing_bytes()};
}

/// How long a writer that sends on behind its message's end is listened to after its reply, so that
/// no reset overtakes it (SPEC 2.2): until it closes, is quiet for `quiet`, or `most` is over.
struct Linger {
  static constexpr auto quiet = std::chrono::seconds(1);
  static constexpr auto most = std::chrono::seconds(5);
};

/// Reads what the writer sends behind its message's end, so that the close which follows does not
/// become a reset (SPEC 2.2). At once where nothing came and nothing is expected.
template <SessionConnection Connection>
Task<> take_leave(Connection& connection, bool expect_more) {
  const Received look = co_await connection.discard(Clock::duration::zero());
  const bool may_send_more = expect_more && look.kind == Received::Kind::timeout;
  if (look.kind != Received::Kind::bytes && !may_send_more) co_return;

  connection.shut_sending();
  const auto until = Clock::now() + Linger::most;
  for (auto now = Clock::now(); now < until; now = Clock::now()) {
    const auto patience = std::min<Clock::duration>(Linger::quiet, until - now);
    const Received got = co_await connection.discard(patience);
    if (got.kind != Received::Kind::bytes) co_return;
  }
}

/// Ends a session whose message can't be taken: one line, and the close (SPEC 4.4).
template <SessionConnection Connection>
Task<> refuse(Connection& connection, const SessionInfo& session, Observer& observer, Refusal why) {
  // A line that doesn't arrive changes nothing: the reason stays why the session ended.
  co_await connection.send(line_of(why));
  observer.refused(session, why);
  co_await take_leave(connection, true);
}

/// One session, from accept to close, on any engine: receive, store, hold, load, reply. When this
/// returns the connection is to be closed.
///
/// Takes what the caller keeps until the task is done. Lets nothing but std::bad_alloc out.
template <SessionConnection Connection>
Task<> serve(Connection& connection, const SessionInfo& session, Slot& slot,
             const SessionOptions& options, Observer& observer) {
  observer.accepted(session);

  const auto request = co_await receive_message(connection, options);  // SPEC 2
  if (!request) {
    if (const auto* why = std::get_if<Failure>(&request.error())) {
      observer.failed(session, *why);
    } else {
      co_await refuse(connection, session, observer, std::get<Refusal>(request.error()));
    }
    co_return;
  }

  Turn turn(slot, connection.completion(), options.scope);  // SPEC 3.3
  if (turn.must_be_awaited() && !co_await connection.completed()) {
    turn.leave();
    co_return co_await refuse(connection, session, observer, Refusal::stopping);
  }

  const auto stored = slot.store(request->message);  // SPEC 3
  const auto due = Clock::now() + options.hold;
  if (!stored) {
    turn.leave();
    co_return co_await refuse(connection, session, observer, stored.error());
  }
  observer.stored(session, request->message);

  if (!co_await connection.hold_until(due)) {  // SPEC 4.1
    turn.leave();
    co_return co_await refuse(connection, session, observer, Refusal::cut_short);
  }

  const auto actual = slot.load();  // never reuse `request`
  turn.leave();                     // no socket I/O inside the critical section (SPEC 3.2)
  if (!actual) co_return co_await refuse(connection, session, observer, actual.error());

  const Reply reply(*actual, request->ending);  // SPEC 4.3
  const auto late = Clock::now() - due;
  if (co_await connection.send(reply.bytes())) {
    observer.replied(session, *actual, late);
  } else {
    observer.failed(session, Failure::reply_lost);
  }
  co_await take_leave(connection, request->has_trailing_bytes);
}

}  // namespace lastword
