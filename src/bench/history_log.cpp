#include "bench/history_log.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include <cerrno>

#include "history/history_line.h"

namespace lastword {
namespace {

constexpr std::size_t block = 64 * 1024;

}  // namespace

Result<HistoryLog> HistoryLog::create(const std::string& path, const History& header) {
  // Appending is one step for the kernel: no process writes over, or into, another's lines.
  Fd fd(open(path.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_APPEND | O_CLOEXEC, 0666));
  if (!fd) return failure(fmt::format("cannot create {}: {}", path, describe_errno(errno)));
  HistoryLog log(std::move(fd), path);
  log.lines_ = header_line(header);
  if (auto error = log.flush()) return failure(std::move(*error));
  return log;
}

void HistoryLog::add(const SessionRecord& record) {
  lines_ += session_line(record);
  if (lines_.size() >= block) flush();
}

std::optional<std::string> HistoryLog::flush() {
  if (!lines_.empty() && !error_) {
    const auto written = write(fd_.get(), lines_.data(), lines_.size());
    if (written != static_cast<ssize_t>(lines_.size())) {
      error_ = fmt::format("cannot write {}: {}", path_,
                           written < 0 ? describe_errno(errno) : "it takes no more (disk full?)");
    }
  }
  lines_.clear();
  return error_;
}

}  // namespace lastword
