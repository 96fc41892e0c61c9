#include "protocol/message.h"

#include <algorithm>

namespace lastword {

std::optional<Message> Message::from(std::string_view bytes) {
  const bool has_end = bytes.find_first_of(std::string_view("\0\n", 2)) != std::string_view::npos;
  if (bytes.empty() || bytes.size() > max_size || has_end) return std::nullopt;
  Message message;
  std::copy(bytes.begin(), bytes.end(), message.bytes_.begin());
  return message;
}

std::string_view Message::text() const { return bytes_.data(); }

}  // namespace lastword
