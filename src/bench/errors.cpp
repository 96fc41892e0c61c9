#include "bench/errors.h"

#include <nlohmann/json.hpp>

namespace lastword {
namespace {

constexpr std::array<std::string_view, error_kinds> names{
    "refused",     "connect_failed", "reset", "closed",       "wrong_ending", "foreign",
    "torn",        "invented",       "early", "wrong_answer", "timed_out",    "out_of_descriptors",
    "out_of_ports"};

}  // namespace

std::string_view name_of(ErrorKind kind) { return names[static_cast<std::size_t>(kind)]; }

void Errors::add(ErrorKind kind, std::string_view example, std::uint64_t count) {
  Entry& entry = entries_[static_cast<std::size_t>(kind)];
  if (entry.count == 0) entry.example = example;
  entry.count += count;
}

void Errors::merge(const Errors& other) {
  for (std::size_t at = 0; at < error_kinds; ++at) {
    const Entry& entry = other.entries_[at];
    if (entry.count > 0) add(static_cast<ErrorKind>(at), entry.example, entry.count);
  }
}

std::uint64_t Errors::total() const {
  std::uint64_t sum = 0;
  for (const Entry& entry : entries_) sum += entry.count;
  return sum;
}

nlohmann::json Errors::to_json() const {
  nlohmann::json json = nlohmann::json::object();
  for (std::size_t at = 0; at < error_kinds; ++at) {
    const Entry& entry = entries_[at];
    if (entry.count > 0) json[names[at]] = {{"count", entry.count}, {"example", entry.example}};
  }
  return json;
}

Errors Errors::from_json(const nlohmann::json& json) {
  Errors errors;
  for (std::size_t at = 0; at < error_kinds; ++at) {
    const auto found = json.find(names[at]);
    if (found == json.end()) continue;
    errors.add(static_cast<ErrorKind>(at), found->at("example").get<std::string>(),
               found->at("count").get<std::uint64_t>());
  }
  return errors;
}

}  // namespace lastword
