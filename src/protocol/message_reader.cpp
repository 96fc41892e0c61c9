#include "protocol/message_reader.h"

#include <algorithm>

namespace lastword {

MessageReader::State MessageReader::feed(std::string_view bytes) {
  if (state_ == State::need_more && size_ < Message::max_size) {
    // What take() would do with each of these, at once.
    const auto fitting = bytes.substr(0, Message::max_size - size_);
    const auto end = std::ranges::find_if(fitting, Message::ends_message);
    std::copy(fitting.begin(), end, bytes_.begin() + size_);
    const auto taken = static_cast<std::size_t>(end - fitting.begin());
    size_ += taken;
    bytes.remove_prefix(taken);
  }
  for (const char byte : bytes) {
    if (state_ != State::need_more) {
      trailing_ = true;
      break;
    }
    state_ = take(byte);
  }
  return state_;
}

MessageReader::State MessageReader::end_of_input() {
  if (state_ == State::need_more) state_ = finish(Ending::none);
  return state_;
}

MessageReader::State MessageReader::take(char byte) {
  if (byte == '\0') return finish(Ending::nul);
  if (byte == '\n') {
    const bool cr = size_ > 0 && bytes_[size_ - 1] == '\r';
    if (cr) --size_;
    return finish(cr ? Ending::crlf : Ending::lf);
  }
  if (size_ == bytes_.size()) return State::too_long;  // the CR behind 19 bytes was not an ending
  if (size_ == Message::max_size && byte != '\r') return State::too_long;
  bytes_[size_++] = byte;
  return State::need_more;
}

MessageReader::State MessageReader::finish(Ending ending) {
  if (size_ == 0) return State::empty;
  const auto message = Message::from({bytes_.data(), size_});
  if (!message) return State::too_long;  // 19 bytes and a CR that no LF followed
  message_ = *message;
  ending_ = ending;
  return State::complete;
}

}  // namespace lastword
