#include "bench/sources.h"

#include <arpa/inet.h>
#include <fmt/format.h>

#include <charconv>
#include <optional>
#include <string>

namespace lastword {
namespace {

constexpr std::uint64_t most_sources = 65536;

std::optional<std::uint32_t> parse_address(std::string_view text) {
  in_addr address{};
  if (inet_pton(AF_INET, std::string(text).c_str(), &address) != 1) return std::nullopt;
  return ntohl(address.s_addr);
}

struct Range {
  std::uint32_t first = 0;
  std::uint32_t last = 0;
};

std::optional<Range> parse_range(std::string_view text) {
  if (const auto slash = text.find('/'); slash != std::string_view::npos) {
    const auto address = parse_address(text.substr(0, slash));
    const std::string_view bits_text = text.substr(slash + 1);
    unsigned bits = 0;
    const auto* end = bits_text.data() + bits_text.size();
    const auto [stop, error] = std::from_chars(bits_text.data(), end, bits);
    if (!address || error != std::errc{} || stop != end || bits < 1 || bits > 32) {
      return std::nullopt;
    }
    const std::uint32_t hosts = bits == 32 ? 0 : ~std::uint32_t{0} >> bits;
    return Range{*address & ~hosts, *address | hosts};
  }
  const auto dash = text.find('-');
  const auto first = parse_address(text.substr(0, dash));
  const auto last = dash == std::string_view::npos ? first : parse_address(text.substr(dash + 1));
  if (!first || !last || *last < *first) return std::nullopt;
  return Range{*first, *last};
}

}  // namespace

Result<std::vector<in_addr>> parse_sources(std::string_view text) {
  std::vector<in_addr> sources;
  for (std::string_view left = text;;) {
    const auto comma = left.find(',');
    const std::string_view piece = left.substr(0, comma);
    const auto range = parse_range(piece);
    if (!range) {
      return failure(fmt::format(
          "'{}' is not a range of IPv4 addresses; write 127.0.0.1-127.0.0.64 or 127.0.1.0/26",
          piece));
    }
    if (sources.size() + (std::uint64_t{range->last} - range->first) >= most_sources) {
      return failure(
          fmt::format("'{}' has too many addresses; {} are the most", text, most_sources));
    }
    for (std::uint64_t at = range->first; at <= range->last; ++at) {
      sources.push_back({htonl(static_cast<std::uint32_t>(at))});
    }
    if (comma == std::string_view::npos) return sources;
    left.remove_prefix(comma + 1);
  }
}

}  // namespace lastword
