#pragma once

#include <string>
#include <string_view>
#include <tl/expected.hpp>

#include "history/history.h"

namespace lastword {

inline constexpr int history_format_version = 1;

/// A history file's first line, as a history without sessions; or what is wrong with it.
tl::expected<History, std::string> parse_header(std::string_view line);

/// Any other line; or what is wrong with it. history_file.h has the format.
tl::expected<SessionRecord, std::string> parse_session(std::string_view line);

/// The same lines, with their line feeds, as history_file.h describes them.
std::string header_line(const History& history);
std::string session_line(const SessionRecord& record);

/// "replied", "refused" or "unknown".
std::string_view name_of(Outcome outcome);

}  // namespace lastword
