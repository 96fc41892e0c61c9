#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "history/history.h"
#include "net/error.h"
#include "net/fd.h"

namespace lastword {

/// Writes a history file (history/history_file.h) while the run goes on, so that its length costs
/// no memory. The processes that fork() makes may all add to it: whole lines reach the file at
/// once.
class HistoryLog {
 public:
  /// Creates `path` anew, with the header that `header` asks for; its sessions are ignored.
  static Result<HistoryLog> create(const std::string& path, const History& header);

  void add(const SessionRecord& record);

  /// Writes what is still in memory. A value says what could not be written since the beginning.
  std::optional<std::string> flush();

 private:
  HistoryLog(Fd fd, std::string path) : fd_(std::move(fd)), path_(std::move(path)) {}

  Fd fd_;
  std::string path_;
  std::string lines_;
  std::optional<std::string> error_;
};

}  // namespace lastword
