#pragma once

#include <string>
#include <string_view>

namespace lastword {

/// `bytes` as printable ASCII, so that no writer can forge a log line or steer a terminal: NUL, CR,
/// LF, TAB, backslash and the double quote as in C, every other byte outside 0x20..0x7e as `\xNN`.
/// Different bytes give different text.
std::string escaped(std::string_view bytes);

}  // namespace lastword
