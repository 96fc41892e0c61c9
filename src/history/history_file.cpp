#include "history/history_file.h"

#include <fmt/format.h>

#include <algorithm>
#include <cerrno>
#include <fstream>
#include <iostream>
#include <optional>
#include <system_error>
#include <vector>

#include "history/history_line.h"

namespace lastword {
namespace {

tl::unexpected<HistoryError> bad(std::size_t line, std::string text) {
  return tl::unexpected(HistoryError{line, std::move(text)});
}

tl::unexpected<HistoryError> cannot(const char* what, const std::string& path) {
  const std::string why = std::generic_category().message(errno);
  return bad(0, fmt::format("cannot {} {}: {}", what, path, why));
}

/// Numbers name sessions, so none may come twice. They mostly rise, which is quickly seen.
std::optional<std::uint64_t> repeated_number(const std::vector<SessionRecord>& sessions) {
  const auto not_rising = [](const SessionRecord& a, const SessionRecord& b) {
    return a.number >= b.number;
  };
  if (std::adjacent_find(sessions.begin(), sessions.end(), not_rising) == sessions.end()) {
    return std::nullopt;
  }
  std::vector<std::uint64_t> numbers;
  numbers.reserve(sessions.size());
  for (const SessionRecord& session : sessions) numbers.push_back(session.number);
  std::sort(numbers.begin(), numbers.end());
  const auto twice = std::adjacent_find(numbers.begin(), numbers.end());
  return twice == numbers.end() ? std::nullopt : std::optional(*twice);
}

}  // namespace

std::string to_string(const HistoryError& error) {
  return error.line == 0 ? error.text : fmt::format("line {}: {}", error.line, error.text);
}

tl::expected<History, HistoryError> read_history(std::istream& input) {
  History history;
  bool has_header = false;
  std::string text;
  for (std::size_t line = 1; std::getline(input, text); ++line) {
    if (text.find_first_not_of(" \t\r") == std::string::npos) continue;
    if (!has_header) {
      auto header = parse_header(text);
      if (!header) return bad(line, header.error());
      history = std::move(*header);
      has_header = true;
      continue;
    }
    auto session = parse_session(text);
    if (!session) return bad(line, session.error());
    history.sessions.push_back(std::move(*session));
  }
  if (input.bad()) return bad(0, "cannot read to the end");
  if (!has_header) return bad(0, "the history is empty: not even a header");
  if (const auto number = repeated_number(history.sessions)) {
    return bad(0, fmt::format("two sessions have the number {}", *number));
  }
  return history;
}

tl::expected<History, HistoryError> read_history_file(const std::string& path) {
  if (path == "-") return read_history(std::cin);
  errno = 0;
  std::ifstream file(path, std::ios::binary);
  if (!file) return cannot("open", path);
  file.peek();  // a folder opens, but can't be read
  if (file.bad()) return cannot("read", path);
  file.clear();
  return read_history(file);
}

void write_history(std::ostream& output, const History& history) {
  output << header_line(history);
  for (const SessionRecord& record : history.sessions) output << session_line(record);
}

tl::expected<void, HistoryError> write_history_file(const std::string& path,
                                                    const History& history) {
  errno = 0;
  std::ofstream file(path, std::ios::binary | std::ios::trunc);
  if (!file) return cannot("create", path);
  write_history(file, history);
  file.close();
  if (!file) return cannot("write", path);
  return {};
}

}  // namespace lastword
