#pragma once

#include <array>
#include <cstddef>
#include <optional>
#include <string_view>

namespace lastword {

/// One message: 1 to 19 bytes, none of them NUL or LF (SPEC 2), kept as the 20 bytes that the slot
/// holds: the bytes, a terminator, and zeros behind it.
///
/// A default-constructed Message is the empty one: what a slot holds before its first store. No
/// writer can send it.
class Message {
 public:
  static constexpr std::size_t max_size = 19;
  static constexpr std::size_t stored_size = max_size + 1;  ///< with the terminator

  Message() = default;

  /// Whether no message has this byte in it, because it ends one.
  static constexpr bool ends_message(char byte) { return byte == '\0' || byte == '\n'; }

  /// The message made of these bytes; nothing where no writer may send them: too many, none, or a
  /// NUL or LF among them.
  static std::optional<Message> from(std::string_view bytes);

  /// Without the terminator. Valid as long as the message.
  std::string_view text() const;

  bool empty() const { return bytes_[0] == '\0'; }

  friend bool operator==(const Message&, const Message&) = default;

 private:
  std::array<char, stored_size> bytes_{};
};

}  // namespace lastword
