#include "check/html_report.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>

#include "check/outside.h"
#include "check/picture.h"
#include "check/sample_report.h"
#include "support/process.h"

namespace lastword {
namespace {

using testing::HasSubstr;
using testing::Not;

TEST(HtmlReport, EscapesEveryByteFromTheWire) {
  const std::string html = html_report(sample_report());
  EXPECT_EQ(count_of("<script", html), 1U);  // its own, at the end
  EXPECT_THAT(html, Not(HasSubstr("<img")));
  EXPECT_THAT(html, HasSubstr("&lt;script&gt;document.title=&#39;owned&#39;&lt;/script&gt;"));
  for (const char c : html) {
    ASSERT_TRUE(c == '\n' || (c >= 0x20 && c < 0x7f)) << static_cast<int>(c);
  }
}

TEST(HtmlReport, FetchesNothing) {
  const std::string html = html_report(sample_report());
  for (const char* fetch : {"http:", "https:", "@import", "<link", "<iframe", "src='", "src=\""}) {
    EXPECT_THAT(html, Not(HasSubstr(fetch)));
  }
  EXPECT_THAT(html, HasSubstr("default-src 'none'"));
}

TEST(HtmlReport, ShowsTheVerdictTheRulesAndTheRefutation) {
  const std::string html = html_report(sample_report());
  EXPECT_THAT(html, HasSubstr("Not every MUST holds</h1>"));
  EXPECT_THAT(html, HasSubstr("could not test"));
  EXPECT_THAT(html, HasSubstr("Writer 4 was sent &#39;torn\\xff\\x01&#39; at 4.950 s, which nobody "
                              "had sent."));
  EXPECT_EQ(count_of("class=\"item session refutes\"", html), 1U);
  EXPECT_EQ(count_of("<tr class=\"refutes\">", html), 1U);
  EXPECT_THAT(html,
              HasSubstr("The slot held &#39;writer3&#39; from 0.915 s to 2.900 s, for certain."));
}

TEST(HtmlReport, NamesNothingTwice) {
  const std::string html = html_report(sample_report());
  const std::string mark = " id=\"";
  std::set<std::string> ids;
  for (auto at = html.find(mark); at != html.npos; at = html.find(mark, at)) {
    at += mark.size();
    const std::string id = html.substr(at, html.find('"', at) - at);
    EXPECT_TRUE(ids.insert(id).second) << id;
  }
  EXPECT_GT(ids.size(), 10U);
}

/// Sessions one after the other, of which one late one is sent an early message.
HistoryResult long_history(bool refuted) {
  HistoryResult result;
  result.history = history_of({});
  for (int number = 0; number < 5000; ++number) {
    const std::string message = "m" + std::to_string(number);
    result.history.sessions.push_back(
        replied(number, message, number * 2100, number * 2100 + 2010, message));
  }
  if (refuted) result.history.sessions[4000].reply = "m3990";
  result.verdict = judge(result.history);
  return result;
}

TEST(Picture, OfManySessionsShowsThoseThatRefute) {
  const HistoryResult result = long_history(true);
  const PictureScene scene = scene_of(result);
  EXPECT_EQ(scene.sessions.size(), PictureScene::most_sessions);
  EXPECT_EQ(scene.note, "Shown are 40 of 5000 sessions: those that refute, and those around them.");
  for (const std::uint64_t number : result.verdict.findings.front().sessions) {
    EXPECT_THAT(scene.sessions, testing::Contains(number));
  }
  const std::string svg = picture_of(result, scene, "p");
  EXPECT_EQ(count_of("class=\"item session", svg), 40U);
  EXPECT_EQ(count_of("class=\"item session refutes\"", svg), 2U);
}

TEST(Picture, OfManyGoodSessionsShowsTheFirst) {
  const HistoryResult result = long_history(false);
  const PictureScene scene = scene_of(result);
  EXPECT_EQ(scene.note, "Shown are 40 of 5000 sessions: the first.");
  EXPECT_EQ(scene.sessions.front(), 0U);
  EXPECT_EQ(scene.sessions.back(), 39U);
  EXPECT_LT(picture_of(result, scene, "p").size(), 100'000U);
}

TEST(Picture, SaysInWordsWhatARowShows) {
  const HistoryResult result = refuted_history();
  const std::string svg = picture_of(result, scene_of(result), "p");
  EXPECT_THAT(
      svg, HasSubstr("Writer 1 connected at 0.000 s, sent &#39;writer1&#39; at 0.000 s (stored "
                     "0.000 s to 0.030 s), was sent &#39;writer1&#39; at 2.010 s (loaded 1.980 s "
                     "to 2.010 s), and closed at 2.010 s."));
  EXPECT_THAT(svg, HasSubstr("(stored after 3.200 s, if at all), got no reply"));
  EXPECT_THAT(svg, HasSubstr("was refused, and closed"));
}

TEST(Picture, OfNothingIsLeftOut) {
  CheckReport report;
  report.histories.emplace_back();
  const std::string html = html_report(report);
  EXPECT_THAT(html, HasSubstr("It has no sessions."));
  EXPECT_THAT(html, HasSubstr("No case was run."));
}

/// The page's DOM after its script ran in a real browser; skips the test where there is none.
class HtmlInBrowser : public testing::Test {
 protected:
  std::string browse(const std::string& html, const std::string& more) {
    const std::string page = scratch_.file("report.html");
    test::write_file(page, html);
    const Ran ran = run(
        "timeout 60 chromium --headless --no-sandbox --disable-gpu --disable-quic --no-first-run "
        "--disable-background-networking --disable-component-update --disable-sync "
        "--user-data-dir='" +
        scratch_.file("profile") + "' " + more + " 2>/dev/null --dump-dom 'file://" + page +
        "#history-1-writer-2'");
    EXPECT_EQ(ran.exit_code, 0);
    return ran.output;
  }
  void SetUp() override {
    if (!has_program("chromium")) GTEST_SKIP() << "chromium is missing (package chromium)";
  }
  test::TemporaryFolder scratch_;
};

TEST_F(HtmlInBrowser, RunsItsOwnScriptAndNoOther) {
  const std::string dom = browse(html_report(sample_report()), "");
  EXPECT_THAT(dom, HasSubstr("<title>Not every MUST holds: lastword-check</title>"));
  // The fragment focuses a row, as the keyboard would; its sentence shows below the picture.
  EXPECT_THAT(dom, HasSubstr("class=\"item session on\""));
  EXPECT_THAT(
      dom, HasSubstr("<p class=\"told\" aria-live=\"polite\">Writer 2 connected at 2.100 s, sent "
                     "'&lt;script&gt;x()&lt;/script&gt;'"));
}

TEST_F(HtmlInBrowser, ItsPolicyStopsAScriptThatEscapingMissed) {
  std::string html = html_report(sample_report());
  const std::string main = "<main>";
  html.insert(html.find(main) + main.size(), "<script>document.title = 'owned';</script>");
  const std::string dom = browse(html, "");
  EXPECT_THAT(dom, HasSubstr("<title>Not every MUST holds: lastword-check</title>"));
}

}  // namespace
}  // namespace lastword
