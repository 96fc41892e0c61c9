#include "server/event_log.h"

#include <spdlog/async_logger.h>
#include <spdlog/details/thread_pool.h>
#include <spdlog/pattern_formatter.h>
#include <spdlog/sinks/base_sink.h>
#include <unistd.h>

#include <cerrno>
#include <condition_variable>

namespace lastword {
namespace {

using spdlog::level::level_enum;

double as_ms(Clock::duration duration) {
  return std::chrono::round<std::chrono::microseconds>(duration).count() / 1000.0;
}

/// A line per write(2), so that lines never mix with what others write to the same stderr.
class StderrSink final : public spdlog::sinks::base_sink<std::mutex> {
 public:
  /// Counts the flushes, so that a caller can wait for its own.
  bool wait_for_flush(std::uint64_t count, Clock::duration most) {
    std::unique_lock lock(flush_mutex_);
    return flushed_.wait_for(lock, most, [&] { return flushes_ >= count; });
  }

 protected:
  void sink_it_(const spdlog::details::log_msg& message) override {
    spdlog::memory_buf_t line;
    formatter_->format(message, line);
    const char* bytes = line.data();
    std::size_t left = line.size();
    while (left > 0) {
      const auto written = ::write(STDERR_FILENO, bytes, left);
      if (written < 0 && errno == EINTR) continue;
      if (written <= 0) return;  // nobody reads the log; the server goes on
      bytes += written;
      left -= static_cast<std::size_t>(written);
    }
  }

  void flush_() override {
    const std::lock_guard lock(flush_mutex_);
    ++flushes_;
    flushed_.notify_all();
  }

 private:
  std::mutex flush_mutex_;
  std::condition_variable flushed_;
  std::uint64_t flushes_ = 0;
};

/// No memory for a line: the server goes on without it.
template <class Line>
void without_memory_if_need_be(Line line) noexcept {
  try {
    line();
  } catch (const std::bad_alloc&) {
  }
}

}  // namespace

/// The queue, the thread that empties it, and the sink.
class EventLog::Writer {
 public:
  explicit Writer(LogFormat format) {
    const char* pattern = format == LogFormat::json
                              ? R"({"time":"%Y-%m-%dT%H:%M:%S.%fZ","level":"%l",%v})"
                              : "%Y-%m-%dT%H:%M:%S.%fZ %-7l %v";
    sink_->set_formatter(
        std::make_unique<spdlog::pattern_formatter>(pattern, spdlog::pattern_time_type::utc));
    logger_->set_level(spdlog::level::trace);               // the EventLog has decided before
    logger_->set_error_handler([](const std::string&) {});  // no memory or no reader: no line
  }

  void write(level_enum level, const LogLine& line) { logger_->log(level, line.text()); }

  /// How many lines the full queue lost.
  std::uint64_t dropped() const { return thread_->overrun_counter(); }

  bool flush(Clock::duration most) {
    const std::uint64_t mine = ++flushes_asked_;
    logger_->flush();
    return sink_->wait_for_flush(mine, most);
  }

 private:
  static constexpr std::size_t queue_lines = 4096;

  std::shared_ptr<StderrSink> sink_ = std::make_shared<StderrSink>();
  std::shared_ptr<spdlog::details::thread_pool> thread_ =
      std::make_shared<spdlog::details::thread_pool>(queue_lines, 1);
  std::shared_ptr<spdlog::async_logger> logger_ = std::make_shared<spdlog::async_logger>(
      "lastword", sink_, thread_, spdlog::async_overflow_policy::overrun_oldest);
  std::atomic<std::uint64_t> flushes_asked_{0};
};

EventLog::EventLog(LogFormat format, level_enum level)
    : format_(format), level_(level), writer_(std::make_unique<Writer>(format)) {}

EventLog::~EventLog() = default;

bool EventLog::may_write(level_enum level) {
  if (level < level_) return false;
  if (level_ <= level_enum::debug) return true;
  std::uint64_t withheld = 0;
  if (!(level >= level_enum::warn ? bad_news_ : good_news_).take(withheld)) return false;
  if (withheld > 0) {
    totals_.withheld += withheld;
    writer_->write(level, line("withheld").add("lines", withheld));
  }
  return true;
}

template <class AddFields>
void EventLog::write_session(level_enum level, std::string_view event, const SessionInfo& session,
                             AddFields add_fields) noexcept {
  without_memory_if_need_be([&] {
    if (!may_write(level)) return;
    LogLine its_line = line(event);
    its_line.add("session", session.number)
        .add("peer", to_string(session.peer))
        .add("thread", static_cast<std::uint64_t>(gettid()))
        .add("after_ms", as_ms(Clock::now() - session.accepted_at));
    add_fields(its_line);
    writer_->write(level, its_line);
  });
}

void EventLog::accepted(const SessionInfo& session) {
  ++totals_.accepted;
  write_session(level_enum::info, "accepted", session, [](LogLine&) {});
}

void EventLog::stored(const SessionInfo& session, const Message& message) {
  write_session(level_enum::info, "stored", session,
                [&](LogLine& line) { line.add_message(message.text()); });
}

void EventLog::replied(const SessionInfo& session, const Message& actual, Clock::time_point due) {
  ++totals_.replied;
  write_session(level_enum::info, "replied", session, [&](LogLine& line) {
    line.add_message(actual.text()).add("late_ms", as_ms(Clock::now() - due));
  });
}

void EventLog::refused(const SessionInfo& session, Refusal why) {
  ++totals_.refused;
  write_session(level_enum::warn, "refused", session,
                [&](LogLine& line) { line.add("reason", name_of(why)); });
}

void EventLog::failed(const SessionInfo& session, Failure why) {
  ++totals_.failed;
  // A balancer's health check connects and closes, every few seconds: no news.
  const auto level = why == Failure::closed_silently ? level_enum::debug : level_enum::warn;
  write_session(level, "failed", session, [&](LogLine& line) { line.add("reason", name_of(why)); });
}

void EventLog::accept_paused(const Shortage& shortage) {
  if (level_ > level_enum::warn) return;
  LogLine its_line = line("accept_paused");
  its_line.add("out_of", name_of(shortage.resource)).add("limit", shortage.limit.name);
  if (shortage.limit.value) its_line.add("value", *shortage.limit.value);
  writer_->write(level_enum::warn, its_line);  // lets bad_alloc out, and is then tried again
}

void EventLog::accept_resumed(Clock::duration episode, std::uint64_t pauses) {
  without_memory_if_need_be([&] {
    announce(line("accept_resumed").add("after_ms", as_ms(episode)).add("pauses", pauses));
  });
}

void EventLog::announce(const LogLine& line) {
  if (level_ <= level_enum::info) writer_->write(level_enum::info, line);
}

void EventLog::announce_end(std::string_view event) {
  totals_.withheld += good_news_.take_withheld() + bad_news_.take_withheld();
  announce(line(event)
               .add("accepted", totals_.accepted)
               .add("replied", totals_.replied)
               .add("refused", totals_.refused)
               .add("failed", totals_.failed)
               .add("withheld_lines", totals_.withheld + writer_->dropped())
               .add("after_ms", as_ms(Clock::now() - started_at_)));
}

bool EventLog::flush(Clock::duration most) { return writer_->flush(most); }

std::string_view name_of(Failure failure) {
  switch (failure) {
    case Failure::closed_silently: return "closed_silently";
    case Failure::reset: return "reset";
    case Failure::reply_lost: return "reply_lost";
  }
  return "";
}

}  // namespace lastword
