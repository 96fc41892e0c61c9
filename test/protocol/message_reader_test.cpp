#include "protocol/message_reader.h"

#include <gtest/gtest.h>

#include <ostream>
#include <string>
#include <vector>

namespace lastword {
namespace {

using namespace std::string_view_literals;
using State = MessageReader::State;

/// Pieces as they arrive, and what must come of them. `ends` says that the input ends behind them:
/// by the half-close or by the quiet gap.
struct Row {
  std::string name;
  std::vector<std::string_view> pieces;
  bool ends;
  State state;
  std::string_view message;
  Ending ending = Ending::none;
  bool trailing = false;

  friend std::ostream& operator<<(std::ostream& out, const Row& row) { return out << row.name; }
};

class MessageEnds : public testing::TestWithParam<Row> {};

TEST_P(MessageEnds, AsTheTableSays) {
  const Row& row = GetParam();
  MessageReader reader;
  for (const std::string_view piece : row.pieces) reader.feed(piece);
  if (row.ends) reader.end_of_input();

  ASSERT_EQ(reader.state(), row.state);
  EXPECT_EQ(reader.has_trailing_bytes(), row.trailing);
  if (row.state != State::complete) return;
  EXPECT_EQ(reader.message().text(), row.message);
  EXPECT_EQ(reader.ending(), row.ending);
}

constexpr auto nineteen = "1234567890123456789"sv;
const auto name_of_row = [](const auto& info) { return info.param.name; };

INSTANTIATE_TEST_SUITE_P(
    Spec2_1, MessageEnds,
    testing::Values(
        Row{"at_nul", {"writer1\0"sv}, false, State::complete, "writer1", Ending::nul},
        Row{"at_lf", {"writer1\n"}, false, State::complete, "writer1", Ending::lf},
        Row{"at_crlf_without_the_cr",
            {"writer1\r\n"},
            false,
            State::complete,
            "writer1",
            Ending::crlf},
        Row{"at_the_end_of_input", {"writer1"}, true, State::complete, "writer1", Ending::none},
        Row{"nowhere_yet", {"writer1"}, false, State::need_more, ""},
        Row{"a_cr_alone_is_a_byte", {"a\rb\n"}, false, State::complete, "a\rb", Ending::lf},
        Row{"only_one_cr_is_dropped", {"a\r\r\n"}, false, State::complete, "a\r", Ending::crlf},
        Row{"a_cr_at_the_end_of_input_is_a_byte",
            {"a\r"},
            true,
            State::complete,
            "a\r",
            Ending::none},
        Row{"a_cr_before_nul_is_a_byte", {"a\r\0"sv}, false, State::complete, "a\r", Ending::nul},
        Row{"every_other_byte_counts",
            {"\x01\x7f\xff \t\n"},
            false,
            State::complete,
            "\x01\x7f\xff \t",
            Ending::lf}),
    name_of_row);

INSTANTIATE_TEST_SUITE_P(
    Spec2_2, MessageEnds,
    testing::Values(
        Row{"in_pieces", {"wri", "", "ter1\n"}, false, State::complete, "writer1", Ending::lf},
        Row{"a_byte_at_a_time", {"a", "b", "\r", "\n"}, false, State::complete, "ab", Ending::crlf},
        Row{"bytes_behind_the_end",
            {"writer1\nand more"},
            false,
            State::complete,
            "writer1",
            Ending::lf,
            true},
        Row{"bytes_in_a_later_piece",
            {"writer1\n", "x"},
            false,
            State::complete,
            "writer1",
            Ending::lf,
            true},
        Row{"nul_padded_to_twenty",
            {"writer1\0\0\0\0\0\0\0\0\0\0\0\0\0"sv},
            false,
            State::complete,
            "writer1",
            Ending::nul,
            true},
        Row{"an_end_of_input_behind_it",
            {"writer1\n"},
            true,
            State::complete,
            "writer1",
            Ending::lf}),
    name_of_row);

INSTANTIATE_TEST_SUITE_P(
    Spec2_3, MessageEnds,
    testing::Values(
        Row{"nineteen_and_lf", {nineteen, "\n"}, false, State::complete, nineteen, Ending::lf},
        Row{"nineteen_and_nul", {nineteen, "\0"sv}, false, State::complete, nineteen, Ending::nul},
        Row{"nineteen_and_crlf",
            {nineteen, "\r\n"},
            false,
            State::complete,
            nineteen,
            Ending::crlf},
        Row{"nineteen_and_no_more", {nineteen}, true, State::complete, nineteen, Ending::none},
        Row{"twenty", {nineteen, "0"}, false, State::too_long, ""},
        Row{"twenty_and_an_end", {nineteen, "0\n"}, false, State::too_long, "", Ending::none, true},
        Row{"nineteen_and_a_cr_that_ends_nothing", {nineteen, "\rx"}, false, State::too_long, ""},
        Row{"nineteen_and_a_cr_and_nul", {nineteen, "\r\0"sv}, false, State::too_long, ""},
        Row{"nineteen_and_a_cr_and_no_more", {nineteen, "\r"}, true, State::too_long, ""},
        Row{"nineteen_and_a_cr_so_far", {nineteen, "\r"}, false, State::need_more, ""},
        Row{"a_hundred",
            {std::string_view("aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
                              "aaaaaaaaaaaaaaaaa")},
            false,
            State::too_long,
            "",
            Ending::none,
            true},
        Row{"empty_by_lf", {"\n"}, false, State::empty, ""},
        Row{"empty_by_crlf", {"\r\n"}, false, State::empty, ""},
        Row{"empty_by_nul", {"\0"sv}, false, State::empty, ""},
        Row{"empty_by_the_end_of_input", {}, true, State::empty, ""}),
    name_of_row);

TEST(Spec2_4_MessageReader, SaysWhetherAnythingHasCome) {
  MessageReader reader;
  EXPECT_FALSE(reader.has_started());
  reader.feed("");
  EXPECT_FALSE(reader.has_started());
  reader.feed("a");
  EXPECT_TRUE(reader.has_started());

  MessageReader with_an_ending;
  with_an_ending.feed("\n");
  EXPECT_TRUE(with_an_ending.has_started());
}

TEST(Spec2_1_MessageReader, StaysAsItEnded) {
  MessageReader reader;
  reader.feed("one\n");
  reader.feed("two\n");
  reader.end_of_input();
  EXPECT_EQ(reader.state(), State::complete);
  EXPECT_EQ(reader.message().text(), "one");
  EXPECT_EQ(reader.ending(), Ending::lf);
}

}  // namespace
}  // namespace lastword
