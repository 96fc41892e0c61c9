#pragma once

#include <sys/types.h>

#include <optional>
#include <string>
#include <vector>

#include "check/settings.h"
#include "net/error.h"
#include "net/fd.h"

namespace lastword {

/// How a server's process ended.
struct ProcessEnd {
  Clock::time_point seen;  ///< when it was noticed
  int exit_code = 0;       ///< where no signal killed it
  int signal = 0;          ///< that killed it, or 0

  bool ok() const { return signal == 0 && exit_code == 0; }
};

/// "exit code 1", or "killed by SIGSEGV".
std::string describe(const ProcessEnd& end);

/// A server under test: one process and what it starts. It is ended, with all that it started, when
/// this goes; and by the kernel should the checker be killed. To be used by one thread, which must
/// live as long as this.
class ServerProcess {
 public:
  struct Limits {
    std::uint64_t descriptors = 0;  ///< RLIMIT_NOFILE; 0: as they are
  };

  /// Starts `command` with its input empty and its output kept.
  static Result<ServerProcess> start(const std::vector<std::string>& command, Limits limits);

  ServerProcess(ServerProcess&& other) noexcept;
  ServerProcess& operator=(ServerProcess&&) = delete;
  ~ServerProcess();

  /// Waits, without connecting, until it listens on `port` in the calling thread's network. The
  /// error says what it did instead, with the end of its output.
  Result<void> wait_until_listening(std::uint16_t port, Clock::time_point deadline);

  /// How it ended; nothing while it runs. The process id stays reserved, so that signals can't go
  /// astray.
  std::optional<ProcessEnd> end();

  /// Whether it has ended. The only call that any thread may make.
  bool is_gone() const;

  /// Ends it and all that it started, now.
  void kill();

  /// The last lines that it printed, at most `most` bytes.
  std::string output(std::size_t most = 400) const;

  pid_t pid() const { return pid_; }

 private:
  ServerProcess(pid_t pid, Fd output) : pid_(pid), output_(std::move(output)) {}

  pid_t pid_ = -1;
  Fd output_;
  std::optional<ProcessEnd> end_;
};

/// Makes this process the parent of what servers leave behind, so that end_strays() finds it.
void adopt_strays();

/// Ends processes that servers started and left behind. Only when no server runs any more.
void end_strays();

}  // namespace lastword
