#include "app/slot_address.h"

#include <fmt/format.h>

#include <optional>

namespace lastword {
namespace {

constexpr std::string_view forms = "memory or shm:NAME";
constexpr std::string_view shm_prefix = "shm:";

/// What is wrong with the name of a shared memory; nothing where it will do.
std::optional<std::string> fault_of_name(std::string_view name) {
  constexpr std::size_t most = 250;  // a file name has 255 bytes, and some tools add to it
  if (name.empty()) return "has no name; write shm:NAME, such as shm:lastword";
  if (name.size() > most) return fmt::format("has a name of more than {} bytes", most);
  for (const char c : name) {
    if (c == '/') return "has a '/' in its name, which is no path; write shm:NAME";
    if (c <= ' ' || c > '~') return "has a name that is not all printable ASCII without spaces";
  }
  if (name == "." || name == "..") return "has a name that stands for a folder";
  return std::nullopt;
}

}  // namespace

Result<SlotAddress> parse_slot_address(std::string_view text) {
  if (text == "memory") return SlotAddress{};
  if (text.starts_with(shm_prefix)) {
    const std::string_view name = text.substr(shm_prefix.size());
    if (const auto fault = fault_of_name(name))
      return failure(fmt::format("'{}' {}", text, *fault));
    return SlotAddress{SlotAddress::Kind::shm, std::string(name)};
  }
  return failure(fmt::format("'{}' is no slot; it takes {}", text, forms));
}

std::string to_string(const SlotAddress& address) {
  switch (address.kind) {
    case SlotAddress::Kind::memory: return "memory";
    case SlotAddress::Kind::shm: return std::string(shm_prefix) + address.place;
  }
  return "";
}

}  // namespace lastword
