#include "history/mixture.h"

#include <algorithm>
#include <string_view>

namespace lastword {

std::optional<Mixture> mixture_in(const History& history, const Operations& operations,
                                  std::size_t reader) {
  const std::string_view reply = history.sessions[reader].reply;
  Mixture mixture;
  std::size_t back_begin = reply.size();
  for (Value index = 0; index < history.sessions.size(); ++index) {
    if (!operations.sessions[index].may_have_written) continue;
    const std::string_view message = history.sessions[index].message;
    const auto shared = std::min(message.size(), reply.size());
    const auto differ = std::mismatch(reply.begin(), reply.begin() + shared, message.begin());
    const auto front_size = static_cast<std::size_t>(differ.first - reply.begin());
    if (front_size > mixture.size) {
      mixture.size = front_size;
      mixture.front = index;
    }
    if (message.size() < reply.size()) continue;
    std::size_t begin = reply.size();
    while (begin > 0 && reply[begin - 1] == message[begin - 1]) --begin;
    if (begin < back_begin) {
      back_begin = begin;
      mixture.back = index;
    }
  }
  const bool covered =
      mixture.size > 0 && mixture.size < reply.size() && back_begin <= mixture.size;
  if (!covered || mixture.back == nobodys_value || mixture.front == mixture.back)
    return std::nullopt;
  return mixture;
}

}  // namespace lastword
