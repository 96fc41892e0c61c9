#pragma once

#include <sys/types.h>

#include <chrono>
#include <filesystem>
#include <functional>
#include <optional>
#include <string>
#include <vector>

namespace lastword::test {

using Clock = std::chrono::steady_clock;
using namespace std::chrono_literals;

/// Long enough for whatever is promised at once on a busy machine: only failures wait it out.
inline constexpr auto patience = 20s;

/// Asks `condition` again and again until it holds; false when `most` is over first.
bool eventually(const std::function<bool()>& condition, Clock::duration most = patience);

/// A folder of its own, gone with its contents at the end.
class TemporaryFolder {
 public:
  TemporaryFolder();
  TemporaryFolder(const TemporaryFolder&) = delete;
  TemporaryFolder& operator=(const TemporaryFolder&) = delete;
  ~TemporaryFolder();

  std::string file(const std::string& name) const { return (path_ / name).string(); }

 private:
  std::filesystem::path path_;
};

std::string read_file(const std::string& path);
void write_file(const std::string& path, const std::string& text);

/// How a process ended.
struct Exit {
  int code = -1;   ///< its exit code; -1 where a signal ended it
  int signal = 0;  ///< the signal that ended it, if one did
};

/// A child process whose output goes to files. It is killed, by its own id, when this goes.
class Process {
 public:
  /// Starts argv[0], looked up in PATH unless it has a slash, with `environment` ("NAME=value").
  explicit Process(std::vector<std::string> argv, const std::vector<std::string>& environment = {});
  Process(const Process&) = delete;
  Process& operator=(const Process&) = delete;
  ~Process();

  pid_t pid() const { return pid_; }
  void signal(int number) const;

  /// Nothing where it still runs at the deadline.
  std::optional<Exit> wait(Clock::duration most = patience);
  bool is_running() { return !wait(0s).has_value(); }

  std::string out() const { return read_file(folder_.file("out")); }
  std::string err() const { return read_file(folder_.file("err")); }

 private:
  TemporaryFolder folder_;
  pid_t pid_ = -1;
  std::optional<Exit> exit_;
};

/// Runs a program to its end.
struct Finished {
  Exit exit;
  std::string out;
  std::string err;
};
Finished run(std::vector<std::string> argv, const std::vector<std::string>& environment = {});

/// The path of one of the project's own programs.
std::string program(const std::string& name);

/// The processor time that a process has used so far.
std::chrono::milliseconds processor_time_of(pid_t pid);

/// How many threads, or open descriptors, a process has.
std::size_t thread_count_of(pid_t pid);
std::size_t descriptor_count_of(pid_t pid);

bool is_root();

/// Whether this build watches itself, so that memory and time are not what users would see.
constexpr bool is_sanitized() {
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
  return true;
#else
  return false;
#endif
}

}  // namespace lastword::test
