#pragma once

#include <spdlog/common.h>

#include <atomic>
#include <memory>
#include <mutex>
#include <string>

#include "server/line_budget.h"
#include "server/log_line.h"
#include "server/observer.h"

namespace lastword {

/// The log: a line per event on stderr, as `key=value` text for people or as JSON for machines.
///
/// - Lines are written by a thread of their own from a bounded queue, the oldest dropped: a
///   terminal that stands still delays no writer.
/// - Lines about sessions are bounded by a LineBudget for the good news and one for the bad, so
///   that neither drowns the other; at level debug they are all written.
/// - Whatever a writer sent is escaped.
class EventLog final : public Observer {
 public:
  EventLog(LogFormat format, spdlog::level::level_enum level);
  /// Writes what is queued.
  ~EventLog() override;

  void accepted(const SessionInfo& session) override;
  void stored(const SessionInfo& session, const Message& message) override;
  void replied(const SessionInfo& session, const Message& actual, Clock::time_point due) override;
  void refused(const SessionInfo& session, Refusal why) override;
  void failed(const SessionInfo& session, Failure why) override;
  void accept_paused(const Shortage& shortage) override;
  void accept_resumed(Clock::duration episode, std::uint64_t pauses) override;

  /// A line to be put together, in this log's format.
  LogLine line(std::string_view event) const { return {format_, event}; }

  /// Writes a line about the server itself, at level info.
  void announce(const LogLine& line);

  /// The last line: how many sessions there were, and how they ended.
  void announce_end(std::string_view event);

  /// Waits until what is queued has been written, but no longer than `most`; gives whether it was.
  bool flush(Clock::duration most);

 private:
  class Writer;

  bool may_write(spdlog::level::level_enum level);
  template <class AddFields>
  void write_session(spdlog::level::level_enum level, std::string_view event,
                     const SessionInfo& session, AddFields add_fields) noexcept;

  const LogFormat format_;
  const spdlog::level::level_enum level_;
  std::unique_ptr<Writer> writer_;

  struct Totals {
    std::atomic<std::uint64_t> accepted{0};
    std::atomic<std::uint64_t> replied{0};
    std::atomic<std::uint64_t> refused{0};
    std::atomic<std::uint64_t> failed{0};
    std::atomic<std::uint64_t> withheld{0};
  };
  Totals totals_;

  SharedLineBudget good_news_;
  SharedLineBudget bad_news_;
  const Clock::time_point started_at_ = Clock::now();
};

}  // namespace lastword
