#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <string_view>

#include "protocol/ending.h"
#include "protocol/message.h"

namespace lastword {

/// The bytes of a reply: the message and the writer's own ending, for one send (SPEC 4.3).
class Reply {
 public:
  Reply(const Message& message, Ending ending) {
    append(message.text());
    append(bytes_of(ending));
  }

  /// Valid as long as the reply.
  std::string_view bytes() const { return {bytes_.data(), size_}; }

 private:
  void append(std::string_view text) {
    std::copy(text.begin(), text.end(), bytes_.begin() + size_);
    size_ += text.size();
  }

  static constexpr std::size_t longest_ending = 2;
  std::array<char, Message::max_size + longest_ending> bytes_{};
  std::size_t size_ = 0;
};

}  // namespace lastword
