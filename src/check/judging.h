#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "check/case.h"
#include "history/history.h"

namespace lastword {

// What the sections share: how to say what was seen, and how to read a reply.

Judgement holds(std::string actual);
Judgement broken(std::string expected, std::string actual, std::string reason);
Judgement broken_by_patience(std::string expected, std::string actual, std::string reason);
Judgement unclear(std::string reason);
Judgement skipped(std::string reason);

/// `"w1abc" (77 31 61 62 63)`; long ones are cut.
std::string shown(std::string_view bytes);

/// "1.234 s", from the beginning of the run.
std::string at(const RunSight& sight, Clock::time_point time);

/// "writer 2: sent "w2x" at 0.001 s, was sent "w3y" at 2.003 s, closed by the server".
std::string told(const RunSight& sight, const Played& writer);

/// Adds what every writer saw.
Judgement with_writers(Judgement judgement, const RunSight& sight);

/// What came back to one writer in the one receive that the course's writers make, against the
/// messages of its run.
struct ReplyView {
  std::string bytes;
  const Played* author = nullptr;  ///< whose message it is, whole or cut; none: nobody's
  bool cut = false;                ///< it is only the beginning of that message
  std::string surplus;             ///< what follows the message
  std::string later;               ///< what came in further pieces

  /// Whether `surplus` is nothing, or nothing but NULs.
  bool clean() const { return surplus.find_first_not_of('\0') == std::string::npos; }
  bool whole() const { return author != nullptr && !cut; }
};

ReplyView view_of(const RunSight& sight, const Played& writer);

/// Whether what follows the message in the reply is left of older messages at the same places.
bool is_old_tail(const RunSight& sight, const ReplyView& view);

/// Whether another reply was sent to `writer` behind its first.
bool answered_twice(const RunSight& sight, const Played& writer);

/// The writer for whose session the reply to `writer` was, where it was not `writer`: it came too
/// early for its own session but not for the other's, which got none, or in turn one that fits
/// `writer`'s.
const Played* reply_meant_for(const CheckSettings& settings, const RunSight& sight,
                              const Played& writer);

/// Whether it is certain that no process ever accepted the connection.
bool never_accepted(const RunSight& sight, const Played& writer);

/// Whether the server ended by itself, in good order, and cut the writer's session short by that.
bool cut_short_by_exit(const CheckSettings& settings, const RunSight& sight, const Played& writer);

/// Why nothing can be said about replies: one of the first `count` writers got none, which is
/// unclear; or the server accepts fewer in one run, so that the case is skipped.
std::optional<Judgement> lacking(const RunSight& sight, std::size_t count);

/// What was played, as operations on the slot.
History history_of(const CheckSettings& settings, const Scenario& scenario, const RunSight& sight);

/// Whether `reader` was sent its own words though `other`'s must have replaced them by then.
///
/// The store of a session lies between its sending and a hold before its reply, its load between a
/// hold after its sending and its reply.
bool remembered(const CheckSettings& settings, const Played& reader, const Played& other,
                const ReplyView& reply);

ScopeFinding measured_scope(const CheckSettings& settings, const RunSight& sight);

}  // namespace lastword
