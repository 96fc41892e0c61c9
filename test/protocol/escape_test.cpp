#include "protocol/escape.h"

#include <gtest/gtest.h>

#include <algorithm>

namespace lastword {
namespace {

using namespace std::string_view_literals;

TEST(Escape, LeavesPlainTextAlone) { EXPECT_EQ(escaped("writer1 ~'"), "writer1 ~'"); }

TEST(Escape, ShowsWhatWouldSteerATerminalOrForgeALine) {
  EXPECT_EQ(escaped("a\0b\r\n\t"sv), "a\\0b\\r\\n\\t");
  EXPECT_EQ(escaped("\x1b[2J\x7f\xff"), "\\x1b[2J\\x7f\\xff");
  EXPECT_EQ(escaped("say \"hi\" \\o"), "say \\\"hi\\\" \\\\o");
}

TEST(Escape, IsPrintableForEveryByte) {
  for (int byte = 0; byte < 256; ++byte) {
    const char c = static_cast<char>(byte);
    const std::string text = escaped({&c, 1});
    EXPECT_TRUE(std::all_of(text.begin(), text.end(), [](char x) { return x >= 0x20 && x < 0x7f; }))
        << byte;
  }
}

}  // namespace
}  // namespace lastword
