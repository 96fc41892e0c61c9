#include "server/event_log.h"

#include <fmt/format.h>
#include <spdlog/async_logger.h>
#include <spdlog/details/thread_pool.h>
#include <spdlog/pattern_formatter.h>
#include <spdlog/sinks/base_sink.h>
#include <unistd.h>

#include <algorithm>
#include <condition_variable>
#include <nlohmann/json.hpp>

#include "protocol/escape.h"

namespace lastword {
namespace {

using spdlog::level::level_enum;
using Fields = nlohmann::ordered_json;

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

bool is_plain(std::string_view text) {
  return !text.empty() && std::all_of(text.begin(), text.end(), [](unsigned char c) {
    return std::isalnum(c) != 0 || std::string_view("_.:,/[]%+-").find(c) != std::string_view::npos;
  });
}

/// `key=value` for each field; text is quoted and escaped unless it is one plain word. A message is
/// always quoted, because any byte may come.
std::string as_text(const char* event, const Fields& fields) {
  std::string line = event;
  for (const auto& [key, value] : fields.items()) {
    line += fmt::format(" {}=", key);
    if (!value.is_string()) {
      line += value.dump();
      continue;
    }
    const auto& text = value.get_ref<const std::string&>();
    const bool bare = key != "message" && is_plain(text);
    line += bare ? text : fmt::format("\"{}\"", escaped(text));
  }
  return line;
}

/// The fields of one JSON object, without its braces: the formatter adds time and level before them.
std::string as_json(const char* event, Fields fields) {
  Fields line{{"event", event}};
  for (auto& [key, value] : fields.items()) {
    // Not every message is UTF-8, and JSON takes nothing else.
    line[key] = key == "message" ? Fields(escaped(value.get_ref<const std::string&>())) : value;
  }
  const std::string object = line.dump(-1, ' ', true, Fields::error_handler_t::replace);
  return object.substr(1, object.size() - 2);
}

}  // namespace

/// The queue, the thread that empties it, and the sink.
class EventLog::Writer {
 public:
  explicit Writer(LogFormat format) {
    const char* pattern = format == LogFormat::json
                              ? R"({"time":"%Y-%m-%dT%H:%M:%S.%fZ","level":"%l",%v})"
                              : "%Y-%m-%dT%H:%M:%S.%fZ %-7l %v";
    sink_->set_formatter(std::make_unique<spdlog::pattern_formatter>(
        pattern, spdlog::pattern_time_type::utc));
    logger_->set_level(spdlog::level::trace);  // the EventLog has decided before
  }

  void write(level_enum level, const std::string& line) { logger_->log(level, line); }

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
  {
    const std::lock_guard lock(budget_mutex_);
    LineBudget& budget = level >= level_enum::warn ? bad_news_ : good_news_;
    if (!budget.take(Clock::now())) return false;
    withheld = budget.take_withheld();
  }
  if (withheld > 0) {
    totals_.withheld += withheld;
    write(level, "withheld", {{"lines", withheld}});
  }
  return true;
}

void EventLog::write(level_enum level, const char* event, const Fields& fields) {
  writer_->write(level,
                 format_ == LogFormat::json ? as_json(event, fields) : as_text(event, fields));
}

template <class AddFields>
void EventLog::write_session(level_enum level, const char* event, const SessionInfo& session,
                             AddFields add_fields) noexcept {
  try {
    if (!may_write(level)) return;
    Fields fields{{"session", session.number},
                  {"peer", to_string(session.peer)},
                  {"thread", gettid()},
                  {"after_ms", as_ms(Clock::now() - session.accepted_at)}};
    add_fields(fields);
    write(level, event, fields);
  } catch (const std::bad_alloc&) {
    // No memory for a line: the session goes on without it.
  }
}

void EventLog::accepted(const SessionInfo& session) {
  ++totals_.accepted;
  write_session(level_enum::info, "accepted", session, [](Fields&) {});
}

void EventLog::stored(const SessionInfo& session, const Message& message) {
  write_session(level_enum::info, "stored", session,
                [&](Fields& fields) { fields["message"] = message.text(); });
}

void EventLog::replied(const SessionInfo& session, const Message& actual, Clock::duration late) {
  ++totals_.replied;
  write_session(level_enum::info, "replied", session, [&](Fields& fields) {
    fields["message"] = actual.text();
    fields["late_ms"] = as_ms(late);
  });
}

void EventLog::refused(const SessionInfo& session, Refusal why) {
  ++totals_.refused;
  write_session(level_enum::warn, "refused", session,
                [&](Fields& fields) { fields["reason"] = name_of(why); });
}

void EventLog::failed(const SessionInfo& session, Failure why) {
  ++totals_.failed;
  // A balancer's health check connects and closes, every few seconds: no news.
  const auto level = why == Failure::closed_silently ? level_enum::debug : level_enum::warn;
  write_session(level, "failed", session,
                [&](Fields& fields) { fields["reason"] = name_of(why); });
}

void EventLog::accept_paused(const Shortage& shortage) {
  if (level_ > level_enum::warn) return;
  Fields fields{{"out_of", name_of(shortage.resource)}, {"limit", shortage.limit.name}};
  if (shortage.limit.value) fields["value"] = *shortage.limit.value;
  write(level_enum::warn, "accept_paused", fields);
}

void EventLog::accept_resumed(Clock::duration episode, std::uint64_t pauses) {
  announce("accept_resumed", {{"after_ms", as_ms(episode)}, {"pauses", pauses}});
}

void EventLog::announce(const char* event, const Fields& fields) {
  if (level_ <= level_enum::info) write(level_enum::info, event, fields);
}

void EventLog::announce_end(const char* event) {
  {
    const std::lock_guard lock(budget_mutex_);
    totals_.withheld += good_news_.take_withheld() + bad_news_.take_withheld();
  }
  announce(event, {{"accepted", totals_.accepted.load()},
                   {"replied", totals_.replied.load()},
                   {"refused", totals_.refused.load()},
                   {"failed", totals_.failed.load()},
                   {"withheld_lines", totals_.withheld.load()},
                   {"after_ms", as_ms(Clock::now() - started_at_)}});
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
