#include "app/slot_address.h"

#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <sstream>

namespace lastword {
namespace {

constexpr std::string_view forms = "memory, shm:NAME or etcd:HOST:PORT[,HOST:PORT...]/KEY";
constexpr std::string_view shm_prefix = "shm:";
constexpr std::string_view etcd_prefix = "etcd:";

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

/// Reads what follows "etcd:".
Result<SlotAddress> parse_etcd_address(std::string_view text) {
  const auto slash = text.find('/');
  SlotAddress address{SlotAddress::Kind::etcd, "", {}};
  std::istringstream members(std::string(text.substr(0, slash)));
  for (std::string member; std::getline(members, member, ',');) {
    const auto endpoint = parse_endpoint(member);
    if (!endpoint) return tl::unexpected(endpoint.error());
    if (endpoint->port == 0) return failure(fmt::format("'{}' has no port", member));
    address.endpoints.push_back(*endpoint);
  }
  if (slash != text.npos) address.place = text.substr(slash + 1);
  const bool is_printable = std::all_of(address.place.begin(), address.place.end(),
                                        [](char c) { return c > ' ' && c <= '~'; });
  if (address.endpoints.empty() || address.place.empty() || !is_printable) {
    return failure("it takes etcd:HOST:PORT/KEY, such as etcd:10.0.0.1:2379/lastword");
  }
  return address;
}

}  // namespace

Result<SlotAddress> parse_slot_address(std::string_view text) {
  if (text == "memory") return SlotAddress{};
  if (text.starts_with(shm_prefix)) {
    const std::string_view name = text.substr(shm_prefix.size());
    if (const auto fault = fault_of_name(name))
      return failure(fmt::format("'{}' {}", text, *fault));
    return SlotAddress{SlotAddress::Kind::shm, std::string(name), {}};
  }
  if (text.starts_with(etcd_prefix)) {
    auto address = parse_etcd_address(text.substr(etcd_prefix.size()));
    if (!address) return failure(fmt::format("'{}': {}", text, address.error().text));
    return address;
  }
  return failure(fmt::format("'{}' is no slot; it takes {}", text, forms));
}

std::string to_string(const SlotAddress& address) {
  switch (address.kind) {
    case SlotAddress::Kind::memory: return "memory";
    case SlotAddress::Kind::shm: return std::string(shm_prefix) + address.place;
    case SlotAddress::Kind::etcd: break;
  }
  std::string text;
  for (const Endpoint& endpoint : address.endpoints) {
    text += (text.empty() ? etcd_prefix : ",");
    text += to_string(endpoint);
  }
  return text + "/" + address.place;
}

}  // namespace lastword
