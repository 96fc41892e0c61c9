#include <gtest/gtest.h>
#include <rapidcheck.h>
#include <rapidcheck/gtest.h>

#include <algorithm>
#include <set>
#include <string>
#include <vector>

#include "protocol/escape.h"
#include "protocol/message_reader.h"

namespace lastword {
namespace {

/// Bytes among which endings, near-endings and lengths around the limit are common.
rc::Gen<std::string> bytes_near_the_rules() {
  const auto byte = rc::gen::weightedOneOf<char>(
      {{12, rc::gen::inRange('a', 'e')},
       {1, rc::gen::element('\0', '\n', '\r')},
       {1, rc::gen::map(rc::gen::inRange(0, 256), [](int b) { return static_cast<char>(b); })}});
  return rc::gen::mapcat(rc::gen::inRange<std::size_t>(0, 45), [byte](std::size_t size) {
    return rc::gen::container<std::string>(size, byte);
  });
}

struct End {
  MessageReader::State state;
  bool trailing;
  std::string message;
  Ending ending;

  friend bool operator==(const End&, const End&) = default;
};

End end_of(const std::vector<std::string>& pieces, bool input_ends) {
  MessageReader reader;
  for (const std::string& piece : pieces) reader.feed(piece);
  if (input_ends) reader.end_of_input();
  return {reader.state(), reader.has_trailing_bytes(), std::string(reader.message().text()),
          reader.ending()};
}

std::vector<std::string> split(const std::string& bytes, const std::set<std::size_t>& cuts) {
  std::vector<std::string> pieces;
  std::size_t begin = 0;
  for (const std::size_t cut : cuts) {
    const std::size_t at = std::clamp(cut, begin, bytes.size());
    pieces.push_back(bytes.substr(begin, at - begin));
    begin = at;
  }
  pieces.push_back(bytes.substr(begin));
  return pieces;
}

RC_GTEST_PROP(Spec2_2_Property, AnySplitOfTheSameBytesEndsTheSameWay, ()) {
  const auto bytes = *bytes_near_the_rules();
  const auto cuts =
      *rc::gen::container<std::set<std::size_t>>(rc::gen::inRange<std::size_t>(0, 45));
  const bool input_ends = *rc::gen::arbitrary<bool>();
  RC_ASSERT(end_of(split(bytes, cuts), input_ends) == end_of({bytes}, input_ends));
}

/// The rules once more, over the whole bytes at once: slow, obvious, and not the reader's way.
End end_by_the_rules(const std::string& bytes) {
  const auto end = std::min(bytes.find('\0'), bytes.find('\n'));
  const bool ended = end != std::string::npos;
  std::string message = bytes.substr(0, end);
  Ending ending = Ending::none;
  if (ended) {
    ending = bytes[end] == '\0' ? Ending::nul : Ending::lf;
    if (ending == Ending::lf && message.ends_with('\r')) {
      message.pop_back();
      ending = Ending::crlf;
    }
  }
  const bool trailing = ended && end + 1 < bytes.size();
  if (message.empty()) return {MessageReader::State::empty, trailing, "", Ending::none};
  if (message.size() > 19) {
    return {MessageReader::State::too_long, trailing, "", Ending::none};
  }
  return {MessageReader::State::complete, trailing, message, ending};
}

RC_GTEST_PROP(Spec2_1_Property, AgreesWithTheRulesReadOverTheWholeInput, ()) {
  const auto bytes = *bytes_near_the_rules();
  End got = end_of({bytes}, true);
  const End want = end_by_the_rules(bytes);
  // A message that is too long is known before its end, so what counts as trailing differs.
  if (want.state == MessageReader::State::too_long) got.trailing = want.trailing;
  RC_ASSERT(got == want);
}

RC_GTEST_PROP(EscapeProperty, DifferentBytesGiveDifferentText, ()) {
  const auto one = *bytes_near_the_rules();
  const auto other = *bytes_near_the_rules();
  RC_ASSERT((escaped(one) == escaped(other)) == (one == other));
}

}  // namespace
}  // namespace lastword
