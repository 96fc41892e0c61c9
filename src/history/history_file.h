#pragma once

#include <cstddef>
#include <iosfwd>
#include <string>
#include <tl/expected.hpp>

#include "history/history.h"

namespace lastword {

/// Histories as JSON Lines: a header, then a session per line.
///
///   {"lastword_history":1,"name":"two writers","hold_ns":2000000000,
///    "slack_ns":20000000,"initial":""}                            (on one line)
///   {"session":1,"connected_ns":10,"sent_ns":20,"first_byte_ns":2000000500,
///    "last_byte_ns":2000000600,"ended_ns":2000000700,"message":"writer1","reply":"writer1",
///    "outcome":"replied"}                                        (on one line)
///
/// - The header's `lastword_history` is the format's version; `hold_ns` must be there, the rest
///   of it may be left out: no name, no slack, an empty first content.
/// - A time that was not taken is left out. `session`, `ended_ns`, `message` and `outcome` must be
///   there; `outcome` is "replied", "refused" or "unknown"; a `reply` belongs to "replied" alone.
/// - Bytes that are not UTF-8, which JSON can't carry, become {"hex":"ff00"} in place of the
///   string; so every message and reply comes back as it was.
/// - Empty lines are skipped; a key that is not listed here is an error.

/// What was wrong, and in which line, counted from 1; 0 where it is the file as a whole.
struct HistoryError {
  std::size_t line = 0;
  std::string text;
};

/// "line 7: no such key: 'sent'".
std::string to_string(const HistoryError& error);

/// Reads line by line to the end of `input`.
tl::expected<History, HistoryError> read_history(std::istream& input);

/// The history in the file `path`, or on standard input where it is "-".
tl::expected<History, HistoryError> read_history_file(const std::string& path);

/// Writes all of it. Whether it arrived is for the caller to ask of `output`.
void write_history(std::ostream& output, const History& history);

/// Writes the file `path` anew, or says why it can't be written in full.
tl::expected<void, HistoryError> write_history_file(const std::string& path,
                                                    const History& history);

}  // namespace lastword
