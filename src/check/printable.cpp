#include "check/printable.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstdint>

namespace lastword {
namespace {

struct Character {
  std::size_t size = 0;  ///< 0: not well-formed
  std::uint32_t code = 0;
};

Character first_of(std::string_view text) {
  const auto byte = [&](std::size_t at) { return static_cast<unsigned char>(text[at]); };
  const unsigned lead = byte(0);
  if (lead < 0x80) return {1, lead};
  const std::size_t size = lead >= 0xf0 ? 4 : lead >= 0xe0 ? 3 : 2;
  if (lead < 0xc2 || lead > 0xf4 || text.size() < size) return {};
  std::uint32_t code = lead & (0xffU >> (size + 1));
  for (std::size_t at = 1; at < size; ++at) {
    if ((byte(at) & 0xc0) != 0x80) return {};
    code = code << 6 | (byte(at) & 0x3f);
  }
  constexpr std::uint32_t least[] = {0, 0, 0x80, 0x800, 0x10000};
  const bool surrogate = code >= 0xd800 && code <= 0xdfff;
  if (code < least[size] || surrogate || code > 0x10ffff) return {};
  return {size, code};
}

/// Whether a reader sees it, where it stands.
bool is_visible(std::uint32_t code) {
  const auto in = [code](std::uint32_t least, std::uint32_t most) {
    return code >= least && code <= most;
  };
  if (code == '\n') return true;
  if (code < 0x20 || in(0x7f, 0x9f) || code == 0xad || code == 0x61c) return false;
  if (in(0x200b, 0x200f) || in(0x2028, 0x202e) || in(0x2060, 0x206f)) return false;
  return code != 0xfeff && !in(0xfff9, 0xfffb) && (code & 0xfffe) != 0xfffe &&
         !in(0xe0000, 0xe0fff);
}

}  // namespace

std::string printable(std::string_view text) {
  std::string shown;
  shown.reserve(text.size());
  while (!text.empty()) {
    const Character character = first_of(text);
    const std::size_t size = std::max<std::size_t>(character.size, 1);
    if (character.size > 0 && is_visible(character.code)) {
      shown += text.substr(0, size);
    } else {
      for (const char c : text.substr(0, size)) {
        shown += fmt::format("\\x{:02x}", static_cast<unsigned char>(c));
      }
    }
    text.remove_prefix(size);
  }
  return shown;
}

std::string marked_up(std::string_view text) {
  std::string shown;
  for (const char c : printable(text)) {
    switch (c) {
      case '&': shown += "&amp;"; break;
      case '<': shown += "&lt;"; break;
      case '>': shown += "&gt;"; break;
      case '"': shown += "&quot;"; break;
      case '\'': shown += "&#39;"; break;
      default: shown += c;
    }
  }
  return shown;
}

}  // namespace lastword
