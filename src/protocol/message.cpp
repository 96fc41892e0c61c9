#include "protocol/message.h"

#include <algorithm>

namespace lastword {

std::optional<Message> Message::from(std::string_view bytes) {
  if (bytes.empty() || bytes.size() > max_size || std::ranges::any_of(bytes, ends_message)) {
    return std::nullopt;
  }
  Message message;
  std::copy(bytes.begin(), bytes.end(), message.bytes_.begin());
  return message;
}

std::string_view Message::text() const { return bytes_.data(); }

}  // namespace lastword
