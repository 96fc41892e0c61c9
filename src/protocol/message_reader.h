#pragma once

#include <array>
#include <cstddef>
#include <optional>
#include <string_view>

#include "protocol/ending.h"
#include "protocol/message.h"

namespace lastword {

/// Makes one Message of bytes, in whatever pieces TCP delivers them (SPEC 2.1 to 2.3).
/// No socket, clock or heap, so that each rule can be tested and fuzzed alone.
///
/// Once the state is anything but `need_more` it stays: later bytes are ignored, and remembered
/// only as `has_trailing_bytes()`.
class MessageReader {
 public:
  enum class State {
    need_more,
    complete,
    too_long,  ///< a 20th byte came before any end
    empty,     ///< it ended before its first byte
  };

  /// Takes the next bytes. Any split of the same bytes ends in the same state.
  State feed(std::string_view bytes);

  /// The half-close or the quiet gap: what has come so far is the message.
  State end_of_input();

  State state() const { return state_; }

  /// Whether at least one byte has come, so that a quiet gap counts as an end.
  bool has_started() const { return size_ > 0 || state_ != State::need_more; }

  /// Whether the writer sent more than its message and that message's ending (SPEC 2.2).
  bool has_trailing_bytes() const { return trailing_; }

  /// Only when `complete`.
  const Message& message() const { return message_; }

  /// Only when `complete`.
  Ending ending() const { return ending_; }

 private:
  State take(char byte);
  State finish(Ending ending);

  // A CR may turn out to belong to the ending, so one behind a 19th byte is kept until it is known.
  std::array<char, Message::max_size + 1> bytes_{};
  std::size_t size_ = 0;
  State state_ = State::need_more;
  bool trailing_ = false;
  Ending ending_ = Ending::none;
  Message message_;
};

}  // namespace lastword
