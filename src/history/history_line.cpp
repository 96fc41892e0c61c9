#include "history/history_line.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cstdint>
#include <iterator>
#include <limits>
#include <nlohmann/json.hpp>
#include <optional>

#include "protocol/escape.h"

namespace lastword {
namespace {

using nlohmann::json;

/// A JSON object of integers, strings and {"hex": ...}, read without building a document: of a
/// million lines each costs only its own fields.
class FlatObject final : public nlohmann::json_sax<json> {
 public:
  struct Field {
    std::string key;
    bool is_number = false;
    std::int64_t number = 0;
    std::string text;
    bool used = false;
  };

  /// Replaces what was read before. A value says what is wrong.
  std::optional<std::string> read(std::string_view line) {
    size_ = 0;
    depth_ = 0;
    fault_.clear();
    if (json::sax_parse(line, this)) return std::nullopt;
    return fault_;
  }

  std::optional<std::int64_t> number(std::string_view key) {
    Field* field = find(key);
    if (field == nullptr) return std::nullopt;
    if (!field->is_number) blame(fmt::format("'{}' is not a whole number", key));
    return field->number;
  }

  std::optional<std::string> text(std::string_view key) {
    Field* field = find(key);
    if (field == nullptr) return std::nullopt;
    if (field->is_number) blame(fmt::format("'{}' is not a string", key));
    return std::move(field->text);
  }

  /// What was wrong with any field asked for, or which was not asked for at all; empty where none.
  std::string fault() {
    for (std::size_t at = 0; at < size_; ++at) {
      if (!fields_[at].used) blame(fmt::format("no such key: '{}'", escaped(fields_[at].key)));
    }
    return fault_;
  }

  void blame(std::string fault) {
    if (fault_.empty()) fault_ = std::move(fault);
  }

  bool number_integer(number_integer_t value) override { return keep(value); }
  bool number_unsigned(number_unsigned_t value) override {
    if (value > static_cast<number_unsigned_t>(std::numeric_limits<std::int64_t>::max())) {
      return stop("a number is too large");
    }
    return keep(static_cast<std::int64_t>(value));
  }
  bool string(string_t& value) override {
    if (depth_ == 0) return stop("not an object");
    if (depth_ == 2) {
      auto bytes = from_hex(value);
      if (!bytes) return stop("'hex' takes pairs of the digits 0-9 and a-f");
      last().text = std::move(*bytes);
      has_hex_ = true;
      return true;
    }
    last().text.swap(value);
    return true;
  }
  bool start_object(std::size_t) override {
    if (++depth_ > 2) return stop("objects don't nest so deep");
    has_hex_ = false;
    return true;
  }
  bool end_object() override {
    if (depth_-- == 2 && !has_hex_) return stop("an object in place of a string takes 'hex'");
    return true;
  }
  bool key(string_t& name) override {
    if (depth_ == 2) return name == "hex" && !has_hex_ ? true : stop("the only key here is 'hex'");
    if (find(name) != nullptr) return stop(fmt::format("'{}' comes twice", escaped(name)));
    if (size_ == fields_.size()) return stop("too many keys");
    Field& field = fields_[size_++];
    field.key.swap(name);
    field.is_number = false;
    field.text.clear();
    field.used = false;
    return true;
  }
  bool null() override { return stop("no value is null; leave the key out"); }
  bool boolean(bool) override { return stop("no value is a boolean"); }
  bool number_float(number_float_t, const string_t&) override {
    return stop("numbers are whole, and less than 2^63");
  }
  bool binary(binary_t&) override { return stop("not JSON"); }
  bool start_array(std::size_t) override { return stop("no value is a list"); }
  bool end_array() override { return true; }
  bool parse_error(std::size_t position, const std::string&,
                   const nlohmann::detail::exception&) override {
    return stop(fmt::format("not JSON from column {} on", position));
  }

 private:
  static std::optional<std::string> from_hex(std::string_view digits) {
    constexpr std::string_view alphabet = "0123456789abcdef";
    std::string bytes;
    if (digits.size() % 2 != 0) return std::nullopt;
    for (std::size_t at = 0; at < digits.size(); at += 2) {
      const auto high = alphabet.find(digits[at]);
      const auto low = alphabet.find(digits[at + 1]);
      if (high == alphabet.npos || low == alphabet.npos) return std::nullopt;
      bytes += static_cast<char>(high << 4 | low);
    }
    return bytes;
  }

  bool stop(std::string why) {
    blame(std::move(why));
    return false;
  }

  bool keep(std::int64_t value) {
    // Far enough for any clock, and near enough for sums of such times and a hold.
    constexpr std::int64_t farthest = std::int64_t{1} << 61;
    if (value > farthest || value < -farthest) return stop("a number is too large");
    if (depth_ != 1) return stop(depth_ == 0 ? "not an object" : "'hex' is a string");
    last().is_number = true;
    last().number = value;
    return true;
  }

  Field& last() { return fields_[size_ - 1]; }

  Field* find(std::string_view key) {
    for (std::size_t at = 0; at < size_; ++at) {
      if (fields_[at].key != key) continue;
      fields_[at].used = true;
      return &fields_[at];
    }
    return nullptr;
  }

  std::array<Field, 12> fields_;
  std::size_t size_ = 0;
  int depth_ = 0;
  bool has_hex_ = false;
  std::string fault_;
};

template <class T>
T required(FlatObject& object, const char* key, std::optional<T> value) {
  if (!value) object.blame(fmt::format("'{}' is missing", key));
  return std::move(value).value_or(T{});
}

std::uint64_t natural(FlatObject& object, const char* key, std::int64_t value) {
  if (value < 0) object.blame(fmt::format("'{}' is negative", key));
  return static_cast<std::uint64_t>(value);
}

std::optional<Outcome> outcome_of(std::string_view name) {
  for (const Outcome outcome : {Outcome::replied, Outcome::refused, Outcome::unknown}) {
    if (name == name_of(outcome)) return outcome;
  }
  return std::nullopt;
}

/// Text that nlohmann can read back as `bytes`, or the hex object.
std::string json_of(std::string_view bytes) {
  const auto is_plain = [](char c) { return c >= 0x20 && c < 0x7f && c != '"' && c != '\\'; };
  if (std::all_of(bytes.begin(), bytes.end(), is_plain)) return fmt::format("\"{}\"", bytes);
  try {
    return nlohmann::json(bytes).dump();
  } catch (const nlohmann::json::type_error&) {  // not UTF-8
    std::string hex;
    for (const char c : bytes) hex += fmt::format("{:02x}", static_cast<unsigned char>(c));
    return fmt::format("{{\"hex\":\"{}\"}}", hex);
  }
}

}  // namespace

std::string_view name_of(Outcome outcome) {
  switch (outcome) {
    case Outcome::replied: return "replied";
    case Outcome::refused: return "refused";
    case Outcome::unknown: return "unknown";
  }
  return "";
}

tl::expected<History, std::string> parse_header(std::string_view line) {
  FlatObject object;
  if (auto fault = object.read(line)) return tl::unexpected(*fault);
  const auto version = object.number("lastword_history");
  if (!version) {
    return tl::unexpected(std::string("not a history: its first line has no 'lastword_history'"));
  }
  if (*version != history_format_version) {
    return tl::unexpected(fmt::format("format version {} is unknown; this program reads version {}",
                                      *version, history_format_version));
  }
  History history;
  history.name = object.text("name").value_or("");
  history.hold_ns = required(object, "hold_ns", object.number("hold_ns"));
  history.slack_ns = object.number("slack_ns").value_or(0);
  history.initial = object.text("initial").value_or("");
  natural(object, "hold_ns", history.hold_ns);
  natural(object, "slack_ns", history.slack_ns);
  if (const std::string fault = object.fault(); !fault.empty()) return tl::unexpected(fault);
  return history;
}

tl::expected<SessionRecord, std::string> parse_session(std::string_view line) {
  thread_local FlatObject object;  // keeps its strings' memory from line to line
  if (auto fault = object.read(line)) return tl::unexpected(*fault);
  SessionRecord record;
  record.number = natural(object, "session", required(object, "session", object.number("session")));
  record.connected_ns = object.number("connected_ns");
  record.sent_ns = object.number("sent_ns");
  record.first_byte_ns = object.number("first_byte_ns");
  record.last_byte_ns = object.number("last_byte_ns");
  record.ended_ns = required(object, "ended_ns", object.number("ended_ns"));
  record.message = required(object, "message", object.text("message"));
  const auto outcome = required(object, "outcome", object.text("outcome"));
  const auto reply = object.text("reply");
  if (const std::string fault = object.fault(); !fault.empty()) return tl::unexpected(fault);

  const auto known = outcome_of(outcome);
  if (!known) {
    return tl::unexpected(fmt::format(
        "outcome '{}' is unknown; it takes replied, refused or unknown", escaped(outcome)));
  }
  record.outcome = *known;
  if (reply.has_value() != (record.outcome == Outcome::replied)) {
    return tl::unexpected(std::string("a 'reply' goes with the outcome 'replied', and only there"));
  }
  record.reply = reply.value_or("");
  return record;
}

std::string header_line(const History& history) {
  return fmt::format(
      "{{\"lastword_history\":{},\"name\":{},\"hold_ns\":{},\"slack_ns\":{},\"initial\":{}}}\n",
      history_format_version, json_of(history.name), history.hold_ns, history.slack_ns,
      json_of(history.initial));
}

std::string session_line(const SessionRecord& record) {
  std::string line = fmt::format("{{\"session\":{},", record.number);
  const auto out = std::back_inserter(line);
  const auto time = [&](const char* key, const std::optional<std::int64_t>& at_ns) {
    if (at_ns) fmt::format_to(out, "\"{}\":{},", key, *at_ns);
  };
  time("connected_ns", record.connected_ns);
  time("sent_ns", record.sent_ns);
  time("first_byte_ns", record.first_byte_ns);
  time("last_byte_ns", record.last_byte_ns);
  fmt::format_to(out, "\"ended_ns\":{},\"message\":{},", record.ended_ns, json_of(record.message));
  if (record.outcome == Outcome::replied) {
    fmt::format_to(out, "\"reply\":{},", json_of(record.reply));
  }
  fmt::format_to(out, "\"outcome\":\"{}\"}}\n", name_of(record.outcome));
  return line;
}

}  // namespace lastword
