#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "bench/errors.h"

namespace lastword {

/// Names one session of a run: the process that plays it, and its number there, in the order in
/// which the sessions send.
struct SessionId {
  std::uint32_t worker = 0;
  std::uint64_t number = 0;
};

/// What came back so far.
struct Judgement {
  enum class State {
    more,   ///< the answer is not complete yet: wait
    right,  ///< complete and right: the next step, or the session's end
    wrong,  ///< an error; `kind` and `why` say which
  };

  State state = State::more;
  ErrorKind kind = ErrorKind::wrong_answer;
  std::string why;  ///< in printable ASCII: people see it on a terminal

  static Judgement more() { return {}; }
  static Judgement right() { return {State::right, {}, {}}; }
  static Judgement wrong(ErrorKind kind, std::string why) {
    return {State::wrong, kind, std::move(why)};
  }
};

/// How a session ended, for who records it. Times are nanoseconds of CLOCK_MONOTONIC.
struct SessionEnd {
  SessionId session;
  std::int64_t sent_ns = 0;        ///< just before the first byte was sent
  std::int64_t first_byte_ns = 0;  ///< of the last answer; 0: none came
  std::int64_t last_byte_ns = 0;
  std::int64_t ended_ns = 0;
  std::string_view received;  ///< of the last answer, as far as it came
};

/// What is said on one fresh connection: steps, each of a request and its answer. The generator
/// connects, plays the steps in order, and closes; it keeps no state of the protocol for a session
/// but its id and the step, so that a million of them fit.
///
/// To drive another protocol, implement steps(), request() and judge(), and give it to run_bench()
/// (bench/fleet.h). For a store that is read back in the same session:
///
///   int steps() const override { return 2; }
///   void request(const SessionId& session, int step, std::string& bytes) override {
///     bytes += step == 0 ? fmt::format("SET k {}\r\n", session.number) : "GET k\r\n";
///   }
///   Judgement judge(const SessionId&, int step, std::string_view bytes, bool closed) override {
///     if (!bytes.ends_with("\r\n")) return Judgement::more();
///     if (step == 0 && bytes != "+OK\r\n") {
///       return Judgement::wrong(ErrorKind::wrong_answer, escaped(bytes));
///     }
///     return Judgement::right();
///   }
///
/// Each process of a run has a copy, made by fork() before any session; so one thread only.
class Dialogue {
 public:
  virtual ~Dialogue() = default;

  /// At least 1, at most 255.
  virtual int steps() const = 0;

  /// Appends what `session` sends in `step` (from 0). Must be the same each time it is asked, and
  /// fit into an empty socket buffer: some kilobytes.
  virtual void request(const SessionId& session, int step, std::string& bytes) = 0;

  /// Judges all `bytes` that came since the request. `closed`: the server has closed in good order.
  /// `more` after that is an error (ErrorKind::closed). Who wants the server to close first says
  /// `right` only then; else the generator closes after the last `right`.
  virtual Judgement judge(const SessionId& session, int step, std::string_view bytes,
                          bool closed) = 0;

  /// Called once for each session that has sent something, however it ended.
  virtual void ended(const SessionEnd&) {}

  /// For each process of the run, one more than the highest session number that answers named: in
  /// the end the run is checked to have had those sessions. Empty where answers name none.
  virtual std::vector<std::uint64_t> named_sessions() const { return {}; }

  /// The last word before the process ends. An error says what could not be finished.
  virtual std::optional<std::string> finish() { return std::nullopt; }
};

}  // namespace lastword
