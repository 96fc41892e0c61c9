// The reader under libFuzzer: the first byte says how the rest is split and whether the input ends.

#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "protocol/message_reader.h"

namespace {

using lastword::MessageReader;

void require(bool condition) {
  if (!condition) std::abort();
}

void check(const MessageReader& reader) {
  if (reader.state() != MessageReader::State::complete) return;
  const std::string_view text = reader.message().text();
  require(!text.empty() && text.size() <= lastword::Message::max_size);
  require(text.find('\n') == std::string_view::npos);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  const std::size_t piece = 1 + data[0] % 32;
  const bool input_ends = data[0] >= 128;
  const std::string_view bytes(reinterpret_cast<const char*>(data) + 1, size - 1);

  MessageReader whole;
  whole.feed(bytes);
  MessageReader split;
  for (std::size_t at = 0; at < bytes.size(); at += piece) split.feed(bytes.substr(at, piece));
  if (input_ends) {
    whole.end_of_input();
    split.end_of_input();
  }
  check(whole);
  require(whole.state() == split.state());
  require(whole.message() == split.message());
  require(whole.ending() == split.ending());
  require(whole.has_trailing_bytes() == split.has_trailing_bytes());
  return 0;
}
