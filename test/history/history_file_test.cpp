#include "history/history_file.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <rapidcheck.h>
#include <rapidcheck/gtest.h>

#include <cstdio>
#include <filesystem>
#include <fstream>
#include <sstream>

#include "history/sessions.h"

namespace lastword {
namespace {

using namespace std::string_literals;

constexpr const char* header = R"({"lastword_history":1,"hold_ns":2000000000})";

tl::expected<History, HistoryError> read(const std::string& text) {
  std::istringstream input(text);
  return read_history(input);
}

std::string written(const History& history) {
  std::ostringstream output;
  write_history(output, history);
  return output.str();
}

TEST(HistoryFile, LooksAsItIsDocumented) {
  History history = history_of({replied(7, "writer7", 1, 2002, "writer8"),
                                without_reply(8, "say \"hi\"", 3, 4, Outcome::refused)});
  history.name = "two writers";
  history.slack_ns = 20 * ms;
  EXPECT_EQ(
      written(history),
      R"({"lastword_history":1,"name":"two writers","hold_ns":2000000000,"slack_ns":20000000,"initial":""}
{"session":7,"connected_ns":1000000,"sent_ns":1000000,"first_byte_ns":2002000000,"last_byte_ns":2002000000,"ended_ns":2002000000,"message":"writer7","reply":"writer8","outcome":"replied"}
{"session":8,"connected_ns":3000000,"sent_ns":3000000,"ended_ns":4000000,"message":"say \"hi\"","outcome":"refused"}
)");
}

TEST(HistoryFile, BytesThatAreNotTextSurvive) {
  History history = history_of({replied(1, "\xff\x00\x80 a"s, 1, 2002, "gr\xc3\xbc\xc3\x9f")});
  const std::string text = written(history);
  EXPECT_THAT(text, testing::HasSubstr(R"("message":{"hex":"ff00802061"})"));
  EXPECT_THAT(text, testing::HasSubstr("\"reply\":\"gr\xc3\xbc\xc3\x9f\""));
  const auto again = read(text);
  ASSERT_TRUE(again) << to_string(again.error());
  EXPECT_EQ(again->sessions[0].message, "\xff\x00\x80 a"s);
  EXPECT_EQ(again->sessions[0].reply, "gr\xc3\xbc\xc3\x9f");
}

struct Fault {
  const char* name;
  std::string text;
  const char* error;
};
class HistoryFaults : public testing::TestWithParam<Fault> {};

TEST_P(HistoryFaults, AreNamedWithTheirLine) {
  const auto result = read(GetParam().text);
  ASSERT_FALSE(result);
  EXPECT_EQ(to_string(result.error()), GetParam().error);
}

std::string line(const std::string& fields) { return header + "\n{"s + fields + "}\n"; }

INSTANTIATE_TEST_SUITE_P(
    HistoryFile, HistoryFaults,
    testing::Values(
        Fault{"empty", "", "the history is empty: not even a header"},
        Fault{"not_json", "hello\n", "line 1: not JSON from column 1 on"},
        Fault{"not_a_history", "{\"a\":1}\n",
              "line 1: not a history: its first line has no 'lastword_history'"},
        Fault{"version", R"({"lastword_history":2,"hold_ns":1})",
              "line 1: format version 2 is unknown; this program reads version 1"},
        Fault{"no_hold", R"({"lastword_history":1})", "line 1: 'hold_ns' is missing"},
        Fault{"negative_hold", R"({"lastword_history":1,"hold_ns":-1})",
              "line 1: 'hold_ns' is negative"},
        Fault{"cut_off", header + "\n\n{\"session\":1,\"mess"s,
              "line 3: not JSON from column 19 on"},
        Fault{"missing", line(R"("session":1,"ended_ns":5,"outcome":"unknown")"),
              "line 2: 'message' is missing"},
        Fault{"mistyped_key",
              line(R"("session":1,"sent":4,"ended_ns":5,"message":"a","outcome":"unknown")"),
              "line 2: no such key: 'sent'"},
        Fault{"outcome", line(R"("session":1,"ended_ns":5,"message":"a","outcome":"lost\n")"),
              "line 2: outcome 'lost\\n' is unknown; it takes replied, refused or unknown"},
        Fault{"reply_missing",
              line(R"("session":1,"ended_ns":5,"message":"a","outcome":"replied")"),
              "line 2: a 'reply' goes with the outcome 'replied', and only there"},
        Fault{"reply_of_refused",
              line(R"("session":1,"ended_ns":5,"message":"a","reply":"b","outcome":"refused")"),
              "line 2: a 'reply' goes with the outcome 'replied', and only there"},
        Fault{"fraction", line(R"("session":1.5)"),
              "line 2: numbers are whole, and less than 2^63"},
        Fault{"huge", line(R"("session":18446744073709551615)"), "line 2: a number is too large"},
        Fault{"text_for_number",
              line(R"("session":"1","ended_ns":5,"message":"a","outcome":"unknown")"),
              "line 2: 'session' is not a whole number"},
        Fault{"number_for_text",
              line(R"("session":1,"ended_ns":5,"message":3,"outcome":"unknown")"),
              "line 2: 'message' is not a string"},
        Fault{"hex", line(R"("session":1,"ended_ns":5,"message":{"hex":"f"},"outcome":"unknown")"),
              "line 2: 'hex' takes pairs of the digits 0-9 and a-f"},
        Fault{"not_hex", line(R"("session":1,"message":{"base64":"f"})"),
              "line 2: the only key here is 'hex'"},
        Fault{"empty_object", line(R"("session":1,"message":{})"),
              "line 2: an object in place of a string takes 'hex'"},
        Fault{"list", line(R"("session":[1])"), "line 2: no value is a list"},
        Fault{"twice", line(R"("session":1,"session":2)"), "line 2: 'session' comes twice"},
        Fault{"bare_number", header + "\n5\n"s, "line 2: not an object"},
        Fault{"same_number",
              header +
                  "\n{\"session\":1,\"ended_ns\":5,\"message\":\"a\",\"outcome\":\"unknown\"}\n"
                  "{\"session\":1,\"ended_ns\":5,\"message\":\"b\",\"outcome\":\"unknown\"}\n"s,
              "two sessions have the number 1"}),
    [](const auto& row) { return row.param.name; });

TEST(HistoryFile, SaysWhyAFileCannotBeOpened) {
  const auto missing = read_history_file("/nonexistent/history.jsonl");
  ASSERT_FALSE(missing);
  EXPECT_EQ(to_string(missing.error()),
            "cannot open /nonexistent/history.jsonl: No such file or directory");
  const auto folder = read_history_file("/");
  ASSERT_FALSE(folder);
  EXPECT_EQ(to_string(folder.error()), "cannot read /: Is a directory");
  const auto unwritable = write_history_file("/nonexistent/history.jsonl", History{});
  ASSERT_FALSE(unwritable);
  EXPECT_EQ(to_string(unwritable.error()),
            "cannot create /nonexistent/history.jsonl: No such file or directory");
}

TEST(HistoryFile, AFullDiskIsAnError) {
  if (!std::filesystem::exists("/dev/full")) GTEST_SKIP() << "no /dev/full here";
  const auto result = write_history_file("/dev/full", history_of({replied(1, "a", 0, 2001, "a")}));
  ASSERT_FALSE(result);
  EXPECT_EQ(to_string(result.error()), "cannot write /dev/full: No space left on device");
}

rc::Gen<SessionRecord> any_record() {
  return rc::gen::exec([] {
    SessionRecord record;
    const auto time = rc::gen::arbitrary<std::int64_t>();
    const auto perhaps = [&]() -> std::optional<std::int64_t> {
      return *rc::gen::arbitrary<bool>() ? std::optional(*time) : std::nullopt;
    };
    record.connected_ns = perhaps();
    record.sent_ns = perhaps();
    record.first_byte_ns = perhaps();
    record.last_byte_ns = perhaps();
    record.ended_ns = *time;
    record.message = *rc::gen::arbitrary<std::string>();
    record.outcome = *rc::gen::element(Outcome::replied, Outcome::refused, Outcome::unknown);
    if (record.outcome == Outcome::replied) record.reply = *rc::gen::arbitrary<std::string>();
    return record;
  });
}

bool same(const SessionRecord& a, const SessionRecord& b) {
  return a.number == b.number && a.connected_ns == b.connected_ns && a.sent_ns == b.sent_ns &&
         a.first_byte_ns == b.first_byte_ns && a.last_byte_ns == b.last_byte_ns &&
         a.ended_ns == b.ended_ns && a.message == b.message && a.reply == b.reply &&
         a.outcome == b.outcome;
}

RC_GTEST_PROP(HistoryFileProperty, WhatIsWrittenIsReadBack, ()) {
  History history;
  history.name = *rc::gen::arbitrary<std::string>();
  history.initial = *rc::gen::arbitrary<std::string>();
  history.hold_ns = *rc::gen::nonNegative<std::int64_t>();
  history.slack_ns = *rc::gen::nonNegative<std::int64_t>();
  history.sessions = *rc::gen::container<std::vector<SessionRecord>>(any_record());
  for (std::size_t at = 0; at < history.sessions.size(); ++at) history.sessions[at].number = at * 3;

  const std::string text = written(history);
  const auto again = read(text);
  RC_ASSERT(again.has_value());
  RC_ASSERT(again->name == history.name);
  RC_ASSERT(again->initial == history.initial);
  RC_ASSERT(again->hold_ns == history.hold_ns);
  RC_ASSERT(again->slack_ns == history.slack_ns);
  RC_ASSERT(again->sessions.size() == history.sessions.size());
  for (std::size_t at = 0; at < history.sessions.size(); ++at) {
    RC_ASSERT(same(again->sessions[at], history.sessions[at]));
  }
  RC_ASSERT(written(*again) == text);
}

RC_GTEST_PROP(HistoryFileProperty, NoBytesCrashTheReader, ()) {
  const auto bytes = *rc::gen::arbitrary<std::string>();
  const bool refused_nothing = bytes.empty() && read(bytes).has_value();
  RC_ASSERT(!refused_nothing);
  const auto result = read(header + "\n"s + bytes);
  // Not within RC_ASSERT, whose own || evaluates both sides.
  const bool explained = result.has_value() || !to_string(result.error()).empty();
  RC_ASSERT(explained);
}

}  // namespace
}  // namespace lastword
