#pragma once

#include <algorithm>
#include <array>
#include <chrono>
#include <concepts>
#include <memory>
#include <optional>
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

/// What all sessions of a server share.
struct Service {
  Slot& slot;
  const SessionOptions& options;
  Observer& observer;
};

/// What an engine gives a session: one accepted socket, and what waiting means. Every `co_await`
/// below either is ready at once, the engine having blocked the thread until then, or suspends.
///
/// - `receive(buffer, patience)` gives `Received`; `discard(patience)` likewise, but throws the
///   bytes away; with no patience at all it only looks.
/// - `send(bytes)` gives whether the peer was still there; it sends them in one segment.
///   `send_and_close(bytes)` likewise, and closes: it is the last that a session may call.
/// - `begin_hold(time)` says until when, `held_until()` gives that back, and `hold()` waits for it.
/// - `Connection::Told` is a completion for what the session asks of a slot. Its `wait()` and
///   `hold()` give false when the server's grace time ended first.
/// - `shut_sending()` tells the peer that nothing more follows.
/// - `info()` and `service()` are there as long as the connection.
template <class C>
concept SessionConnection = requires(C c, std::span<char> buffer, Clock::duration patience,
                                     Clock::time_point time, std::string_view bytes) {
  { c.receive(buffer, patience).await_resume() } -> std::same_as<Received>;
  { c.discard(patience).await_resume() } -> std::same_as<Received>;
  { c.send(bytes).await_resume() } -> std::same_as<bool>;
  { c.send_and_close(bytes).await_resume() } -> std::same_as<bool>;
  c.begin_hold(time);
  { c.held_until() } -> std::same_as<Clock::time_point>;
  { c.hold().await_resume() } -> std::same_as<bool>;
  { typename C::Told(c).wait().await_resume() } -> std::same_as<bool>;
  static_cast<Completion&>(std::declval<typename C::Told&>());
  c.shut_sending();
  { c.info() } -> std::same_as<const SessionInfo&>;
  { c.service() } -> std::same_as<const Service&>;
};

/// A message as a writer sent it.
struct Request {
  Message message;
  Ending ending = Ending::none;
  bool has_trailing_bytes = false;
};

/// Why there is no request: a refusal, or nobody to refuse.
using NoRequest = std::variant<Refusal, Failure>;

/// Receives one message: it ends at its ending, the half-close, or the quiet gap (SPEC 2).
template <SessionConnection Connection>
Task<tl::expected<Request, NoRequest>> receive_message(Connection& connection) {
  const SessionOptions& options = connection.service().options;
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
/// become a reset (SPEC 2.2).
template <SessionConnection Connection>
Task<> take_leave(Connection& connection) {
  connection.shut_sending();
  const auto until = Clock::now() + Linger::most;
  while (Clock::now() < until) {
    const Received got = co_await connection.discard(Linger::quiet);
    if (got.kind != Received::Kind::bytes) co_return;
  }
}

/// Ends a session whose message can't be taken: one line, and the close (SPEC 4.4).
template <SessionConnection Connection>
Task<> refuse(Connection& connection, Refusal why) {
  // A line that doesn't arrive changes nothing: the reason stays why the session ended.
  co_await connection.send(line_of(why));
  connection.service().observer.refused(connection.info(), why);
  co_await take_leave(connection);
}

/// What a session remembers while it holds, of its message nothing: there may be a million of them.
struct Held {
  Ending ending = Ending::none;
  bool has_trailing_bytes = false;
  bool is_held = false;  ///< false: the session has ended, and who was to be told has been told
};

/// Receives a message and stores it, in session scope in its turn, which `turn` then is.
template <SessionConnection Connection>
Task<Held> take_message(Connection& connection, std::unique_ptr<Turn>& turn) {
  const Service& service = connection.service();
  const auto request = co_await receive_message(connection);  // SPEC 2
  if (!request) {
    if (const auto* why = std::get_if<Failure>(&request.error())) {
      service.observer.failed(connection.info(), *why);
    } else {
      co_await refuse(connection, std::get<Refusal>(request.error()));
    }
    co_return Held{};
  }

  typename Connection::Told told(connection);
  std::optional<Refusal> refusal;
  if (service.options.scope == Scope::session) {  // SPEC 3.3
    turn = service.slot.enter(told);
    const bool is_told = co_await told.wait();
    refusal = is_told ? turn->refusal() : Refusal::stopping;
  }
  if (!refusal) {
    Access access{told, turn.get(), request->message, {}};
    service.slot.store(access);  // SPEC 3
    if (!co_await told.wait()) service.slot.give_up(access);
    refusal = access.refusal;
  }
  if (refusal) {
    turn.reset();
    co_await refuse(connection, *refusal);
    co_return Held{};
  }
  connection.begin_hold(Clock::now() + service.options.hold);
  service.observer.stored(connection.info(), request->message);
  co_return Held{request->ending, request->has_trailing_bytes, true};
}

/// Loads what the slot holds now, ends the turn, and sends it (SPEC 4).
template <SessionConnection Connection>
Task<> give_reply(Connection& connection, std::unique_ptr<Turn>& turn, const Held& held) {
  const Service& service = connection.service();
  const auto due = connection.held_until();
  typename Connection::Told told(connection);
  Access access{told, turn.get(), {}, {}};
  service.slot.load(access);  // now, and never remembered
  if (!co_await told.wait()) service.slot.give_up(access);
  turn.reset();  // no socket I/O inside the critical section (SPEC 3.2)
  if (access.refusal) co_return co_await refuse(connection, *access.refusal);

  const Reply reply(access.message, held.ending);  // SPEC 4.3
  // A close that finds bytes unread is a reset, and may cost the writer its reply (SPEC 2.2). Where
  // nothing was waited for, the receive has only just found that no more had come.
  bool sends_on = held.has_trailing_bytes;
  if (!sends_on && service.options.hold > Clock::duration::zero()) {
    const Received look = co_await connection.discard(Clock::duration::zero());
    sends_on = look.kind == Received::Kind::bytes;
  }
  bool arrived = false;
  if (sends_on) {
    arrived = co_await connection.send(reply.bytes());
  } else {
    arrived = co_await connection.send_and_close(reply.bytes());
  }
  if (arrived) {
    service.observer.replied(connection.info(), access.message, due);
  } else {
    service.observer.failed(connection.info(), Failure::reply_lost);
  }
  if (sends_on) co_await take_leave(connection);
}

/// One session, from accept to close, on any engine: receive, store, hold, load, reply. When this
/// returns the connection is to be closed, if it has not been.
///
/// Takes what the caller keeps until the task is done. Lets nothing but std::bad_alloc out.
template <SessionConnection Connection>
Task<> serve(Connection& connection) {
  connection.service().observer.accepted(connection.info());
  std::unique_ptr<Turn> turn;  // of session scope
  const Held held = co_await take_message(connection, turn);
  if (!held.is_held) co_return;
  const bool is_over = co_await connection.hold();  // SPEC 4.1
  if (!is_over) turn.reset();
  Task<> ending =
      is_over ? give_reply(connection, turn, held) : refuse(connection, Refusal::cut_short);
  co_await ending;
}

}  // namespace lastword
