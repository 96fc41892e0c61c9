#include "history/likeness.h"

#include <algorithm>
#include <string_view>

namespace lastword {

std::optional<Likeness> likeness_of_reply(const History& history, const Operations& operations,
                                          std::size_t reader) {
  const std::string_view reply = history.sessions[reader].reply;
  Likeness likeness;
  bool front_is_whole = false;
  std::size_t back_begin = reply.size();
  for (Value index = 0; index < history.sessions.size(); ++index) {
    if (!operations.sessions[index].may_have_written) continue;
    const std::string_view message = history.sessions[index].message;
    const auto shared = std::min(message.size(), reply.size());
    const auto differ = std::mismatch(reply.begin(), reply.begin() + shared, message.begin());
    const auto front_size = static_cast<std::size_t>(differ.first - reply.begin());
    const bool whole = front_size == message.size();
    if (front_size > likeness.size || (front_size == likeness.size && whole && !front_is_whole)) {
      likeness.size = front_size;
      likeness.front = index;
      front_is_whole = whole;
    }
    if (message.size() < reply.size()) continue;
    std::size_t begin = reply.size();
    while (begin > 0 && reply[begin - 1] == message[begin - 1]) --begin;
    if (begin < back_begin) {
      back_begin = begin;
      likeness.back = index;
    }
  }
  if (likeness.size == 0) return std::nullopt;
  if (likeness.size == reply.size()) {
    likeness.back = nobodys_value;
    return likeness;
  }
  if (back_begin <= likeness.size && likeness.back != nobodys_value) return likeness;
  likeness.back = nobodys_value;
  return front_is_whole ? std::optional(likeness) : std::nullopt;
}

}  // namespace lastword
