#include "bench/message_code.h"

#include <algorithm>
#include <array>
#include <cassert>

namespace lastword {
namespace {

constexpr std::string_view digits = "0123456789abcdefghjkmnpqrstvwxyz";
constexpr int bits = 5;
constexpr std::size_t worker_size = 2;
constexpr std::size_t number_size = 8;
constexpr std::size_t least_check_size = 6;

std::size_t check_size(std::uint64_t number) { return least_check_size + number % 4; }

/// The finaliser of splitmix64: each bit of `x` changes half of the result's.
std::uint64_t mix(std::uint64_t x) {
  x += 0x9e3779b97f4a7c15;
  x = (x ^ (x >> 30)) * 0xbf58476d1ce4e5b9;
  x = (x ^ (x >> 27)) * 0x94d049bb133111eb;
  return x ^ (x >> 31);
}

void append_digits(std::uint64_t value, std::size_t size, std::string& bytes) {
  for (std::size_t left = size; left-- > 0;) bytes += digits[value >> (left * bits) & 31];
}

constexpr std::array<signed char, 256> value_of_digit = [] {
  std::array<signed char, 256> values{};
  values.fill(-1);
  for (std::size_t at = 0; at < digits.size(); ++at) {
    values[static_cast<unsigned char>(digits[at])] = static_cast<signed char>(at);
  }
  return values;
}();

std::uint64_t read_digits(std::string_view text) {
  std::uint64_t value = 0;
  for (const char c : text) {
    value =
        value << bits | static_cast<std::uint64_t>(value_of_digit[static_cast<unsigned char>(c)]);
  }
  return value;
}

}  // namespace

void MessageCode::append(const SessionId& session, std::string& bytes) const {
  assert(session.worker < most_workers && session.number < most_sessions);
  append_digits(session.worker, worker_size, bytes);
  append_digits(session.number, number_size, bytes);
  const std::uint64_t check = mix(run_ ^ mix(session.number << 10 | session.worker));
  append_digits(check, check_size(session.number), bytes);
}

MessageCode::Decoded MessageCode::decode(std::string_view message) const {
  const auto is_digit = [](char c) { return value_of_digit[static_cast<unsigned char>(c)] >= 0; };
  if (message.empty() || !std::all_of(message.begin(), message.end(), is_digit)) return {};
  Decoded decoded;
  decoded.state = Decoded::State::torn;
  if (message.size() < worker_size + number_size + least_check_size) return decoded;
  decoded.session.worker = static_cast<std::uint32_t>(read_digits(message.substr(0, worker_size)));
  decoded.session.number = read_digits(message.substr(worker_size, number_size));
  std::string expected;
  append(decoded.session, expected);
  if (expected == message) decoded.state = Decoded::State::whole;
  return decoded;
}

}  // namespace lastword
