// What shm:NAME promises beyond the contract: what it refuses, and what outlives a server.

#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <sys/wait.h>

#include <algorithm>
#include <filesystem>
#include <functional>
#include <thread>
#include <vector>

#include "slot/own_name.h"
#include "support/process.h"

namespace lastword::test {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::StartsWith;

std::string error_of(const OwnName& name, IfMissing missing = IfMissing::create) {
  const auto slot = ShmSlot::open(name.text(), missing);
  return slot ? "" : slot.error().text;
}

/// Writes `bytes` over what the segment has from `offset` on.
void overwrite(const OwnName& name, std::size_t offset, const std::string& bytes) {
  const Fd fd(open(name.path().c_str(), O_RDWR | O_CLOEXEC));
  ASSERT_EQ(pwrite(fd.get(), bytes.data(), bytes.size(), static_cast<off_t>(offset)),
            static_cast<ssize_t>(bytes.size()));
}

/// What the file holds, but for the word in the lock that says that somebody waits.
std::string content_of(const OwnName& name) {
  if (!std::filesystem::is_regular_file(name.path())) return "";
  std::string content = read_file(name.path());
  if (content.size() == sizeof(SharedLayout)) {
    content.erase(offsetof(SharedLayout, lock), sizeof(std::uint32_t));
  }
  return content;
}

template <class T>
std::string bytes_of(T value) {
  return {reinterpret_cast<const char*>(&value), sizeof value};
}

TEST(ShmSlot, TheMessageOutlivesItsServers_Spec3_1) {
  const OwnName name;
  EXPECT_TRUE(load(*name.open()).empty());
  ASSERT_TRUE(store(*name.open(), message_of("still here")));
  EXPECT_EQ(load(*name.open()).text(), "still here");
}

TEST(ShmSlot, BelongsToItsUserAlone) {
  const OwnName name;
  const mode_t old = umask(0777);
  name.open();
  umask(old);
  struct stat file {};
  ASSERT_EQ(stat(name.path().c_str(), &file), 0);
  EXPECT_EQ(file.st_mode & 07777, 0600U);
  EXPECT_EQ(file.st_uid, geteuid());
}

TEST(ShmSlot, LookingForOneMakesNone) {
  const OwnName name;
  EXPECT_THAT(error_of(name, IfMissing::fail), HasSubstr("there is none on this machine"));
  EXPECT_EQ(access(name.path().c_str(), F_OK), -1);
}

/// A way to spoil a segment, and words of the error.
struct Spoiled {
  std::string name;
  std::function<void(const OwnName&)> spoil;
  std::string says;
  friend std::ostream& operator<<(std::ostream& out, const Spoiled& row) { return out << row.name; }
};

class SpoiledSegment : public testing::TestWithParam<Spoiled> {};

TEST_P(SpoiledSegment, IsRefusedAndLeftAsItIs) {
  const OwnName name;
  ASSERT_TRUE(store(*name.open(), message_of("precious")));
  GetParam().spoil(name);
  const std::string before = content_of(name);
  EXPECT_THAT(error_of(name),
              AllOf(StartsWith("cannot use shm:" + name.text() + ": "), HasSubstr(GetParam().says),
                    HasSubstr("left as it is"), HasSubstr("remove " + name.path())));
  EXPECT_EQ(content_of(name), before);
}

INSTANTIATE_TEST_SUITE_P(
    Rows, SpoiledSegment,
    testing::Values(
        Spoiled{"mode", [](const OwnName& n) { chmod(n.path().c_str(), 0644); },
                "its mode is 0644 and not 0600"},
        Spoiled{"magic", [](const OwnName& n) { overwrite(n, 0, "LAST"); },
                "no slot of lastword, or damaged"},
        Spoiled{"version",
                [](const OwnName& n) {
                  overwrite(n, offsetof(SharedLayout, version), bytes_of(std::uint32_t{2}));
                },
                "its layout has version 2, and this program knows 1"},
        Spoiled{"longer", [](const OwnName& n) { overwrite(n, sizeof(SharedLayout), "x"); },
                "bytes and not"},
        Spoiled{"cut", [](const OwnName& n) { ASSERT_EQ(truncate(n.path().c_str(), 40), 0); },
                "it has 40 bytes and not"},
        Spoiled{"emptied", [](const OwnName& n) { ASSERT_EQ(truncate(n.path().c_str(), 0), 0); },
                "no slot of lastword"},
        Spoiled{"selector",
                [](const OwnName& n) {
                  overwrite(n, offsetof(SharedLayout, current), bytes_of(std::uint32_t{7}));
                },
                "no message: it is damaged"},
        Spoiled{"message",
                [](const OwnName& n) {
                  overwrite(n, offsetof(SharedLayout, copies), std::string(40, 'x'));
                },
                "no message: it is damaged"},
        Spoiled{"lock",  // locked by a thread that there is not
                [](const OwnName& n) {
                  overwrite(n, offsetof(SharedLayout, lock), bytes_of(std::uint32_t{0x3ffffff0}));
                },
                "its lock has been held for 2 s"},
        Spoiled{"link",
                [](const OwnName& n) {
                  unlink(n.path().c_str());
                  ASSERT_EQ(symlink("/dev/null", n.path().c_str()), 0);
                },
                "it is a symbolic link"},
        Spoiled{"pipe",
                [](const OwnName& n) {
                  unlink(n.path().c_str());
                  ASSERT_EQ(mkfifo(n.path().c_str(), 0600), 0);
                },
                "it is no shared memory"}),
    [](const auto& row) { return row.param.name; });

TEST(ShmSlot, AnotherUsersSegmentIsRefused) {
  if (!is_root()) GTEST_SKIP() << "only root can make another user's";
  const OwnName name;
  name.open();
  ASSERT_EQ(chown(name.path().c_str(), 65534, 65534), 0);
  EXPECT_THAT(error_of(name), HasSubstr("it belongs to user 65534, and this is user 0"));
}

TEST(ShmSlot, ASegmentOfAnotherUserThatCanNotEvenBeOpenedIsRefused) {
  if (!is_root()) GTEST_SKIP() << "only root can become another user";
  const OwnName name;
  name.open();
  const pid_t child = fork();
  if (child == 0) {
    if (seteuid(65534) != 0) _exit(2);
    const std::string error = error_of(name);
    _exit(error.find("it belongs to user 0, and this is user 65534") != std::string::npos ? 0 : 1);
  }
  int status = -1;
  ASSERT_EQ(waitpid(child, &status, 0), child);
  EXPECT_EQ(status, 0);
}

TEST(ShmSlot, ManyWhoMakeItAtOnceShareOne_Spec3_4) {
  for (int round = 0; round < 50; ++round) {
    const OwnName name;
    std::vector<std::unique_ptr<Slot>> slots(4);
    std::vector<std::thread> threads;
    for (auto& slot : slots) threads.emplace_back([&] { slot = name.open(); });
    for (std::thread& thread : threads) thread.join();
    ASSERT_TRUE(store(*slots.front(), message_of("one")));
    for (const auto& slot : slots) ASSERT_EQ(load(*slot).text(), "one");
  }
}

TEST(ShmSlot, ServersTakeTurnsFairly_Spec3_3) {
  const OwnName name;
  const auto one = name.open();
  const auto two = name.open();
  Flag a, b, c, x, y;
  auto turn_a = one->enter(a);
  auto turn_b = one->enter(b);
  auto turn_c = one->enter(c);
  auto turn_x = two->enter(x);
  auto turn_y = two->enter(y);
  EXPECT_EQ(a.times(), 1);
  std::string order = "a";
  std::vector<std::pair<char, std::pair<Flag*, std::unique_ptr<Turn>*>>> waiting{
      {'b', {&b, &turn_b}}, {'c', {&c, &turn_c}}, {'x', {&x, &turn_x}}, {'y', {&y, &turn_y}}};
  turn_a.reset();
  while (!waiting.empty()) {
    const auto has_come = [](const auto& session) { return session.second.first->times() != 0; };
    ASSERT_TRUE(eventually([&] { return std::any_of(waiting.begin(), waiting.end(), has_come); }));
    ASSERT_EQ(std::count_if(waiting.begin(), waiting.end(), has_come), 1);
    const auto session = std::find_if(waiting.begin(), waiting.end(), has_come);
    order += session->first;
    auto& turn = *session->second.second;
    ASSERT_FALSE(turn->refusal());
    waiting.erase(session);
    turn.reset();
  }
  EXPECT_EQ(order, "axbyc") << "the second server's sessions come between the first one's";
}

TEST(ShmSlot, AServerThatWaitsForTheTurnCanStop_Spec5_3) {
  const OwnName name;
  const auto holds = name.open();
  auto waits = name.open();
  Flag first, gives_up, third;
  auto first_turn = holds->enter(first);
  ASSERT_EQ(first.times(), 1);
  auto given_up = waits->enter(gives_up);
  given_up.reset();
  waits.reset();  // at once, though the turn has not come

  const auto later = name.open();
  auto third_turn = later->enter(third);
  first_turn.reset();
  EXPECT_TRUE(eventually([&] { return third.times() == 1; }));
  EXPECT_EQ(gives_up.times(), 0);
}

}  // namespace
}  // namespace lastword::test
