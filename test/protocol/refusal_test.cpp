#include "protocol/refusal.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <set>
#include <string>

#include "protocol/message.h"
#include "protocol/reply.h"

namespace lastword {
namespace {

using namespace std::string_view_literals;

TEST(Spec4_4_Refusal, IsOneLineThatNoMessageCanBe) {
  for (const Refusal refusal : all_refusals) {
    const std::string_view line = line_of(refusal);
    EXPECT_TRUE(line.starts_with("error: ")) << line;
    EXPECT_EQ(std::count(line.begin(), line.end(), '\n'), 1) << line;
    EXPECT_TRUE(line.ends_with('\n')) << line;
    EXPECT_GT(line.size() - 1, Message::max_size) << line;
    EXPECT_TRUE(is_refusal(line)) << line;
  }
}

TEST(Spec4_4_Refusal, HasALineAndANameOfItsOwnForEachReason) {
  std::set<std::string_view> lines;
  std::set<std::string_view> names;
  for (const Refusal refusal : all_refusals) {
    lines.insert(line_of(refusal));
    names.insert(name_of(refusal));
  }
  EXPECT_EQ(lines.size(), all_refusals.size());
  EXPECT_EQ(names.size(), all_refusals.size());
}

TEST(Spec4_4_Refusal, IsNeverTakenForAMessageOrAMessageForIt) {
  for (const Ending ending : {Ending::none, Ending::nul, Ending::lf, Ending::crlf}) {
    const Reply longest(*Message::from("error: 123456789012"), ending);
    EXPECT_FALSE(is_refusal(longest.bytes()));
  }
  EXPECT_FALSE(is_refusal(""));
  EXPECT_FALSE(is_refusal("error: a line that did not end yet"));
  EXPECT_FALSE(is_refusal("no error at all, just a long line\n"));
}

TEST(Spec5_4_Refusal, SaysWhatIsKnownOfTheStore) {
  EXPECT_NE(line_of(Refusal::not_stored).find("not stored"), std::string_view::npos);
  EXPECT_NE(line_of(Refusal::unknown).find("unknown whether stored"), std::string_view::npos);
  EXPECT_EQ(line_of(Refusal::unread).find("not stored"), std::string_view::npos);
  EXPECT_EQ(line_of(Refusal::cut_short).find("not stored"), std::string_view::npos);
}

TEST(Spec4_3_Reply, IsTheMessageAndTheWritersOwnEnding) {
  const Message message = *Message::from("writer1");
  EXPECT_EQ(Reply(message, Ending::none).bytes(), "writer1");
  EXPECT_EQ(Reply(message, Ending::nul).bytes(), "writer1\0"sv);
  EXPECT_EQ(Reply(message, Ending::lf).bytes(), "writer1\n");
  EXPECT_EQ(Reply(message, Ending::crlf).bytes(), "writer1\r\n");
  EXPECT_EQ(Reply(*Message::from("1234567890123456789"), Ending::crlf).bytes(),
            "1234567890123456789\r\n");
}

}  // namespace
}  // namespace lastword
