#pragma once

#include <cstdint>
#include <string_view>

namespace lastword {

/// How a writer ended its message (SPEC 2.1), and so how its reply ends (SPEC 4.3).
enum class Ending : std::uint8_t {
  none,  ///< the half-close or the quiet gap: no byte of its own
  nul,
  lf,
  crlf,
};

/// The bytes that stand for `ending` on the wire.
constexpr std::string_view bytes_of(Ending ending) {
  switch (ending) {
    case Ending::none: return "";
    case Ending::nul: return {"\0", 1};
    case Ending::lf: return "\n";
    case Ending::crlf: return "\r\n";
  }
  return "";
}

}  // namespace lastword
