#include "check/server_process.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <fmt/ranges.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <csignal>
#include <cstring>
#include <set>

#include "check/interrupt.h"
#include "check/socket_table.h"

namespace lastword {
namespace {

using namespace std::chrono_literals;

constexpr std::size_t output_size = 1 << 16;

/// A file in memory that can't grow, so that a server which prints without end harms nobody.
Fd make_output() {
  Fd fd(memfd_create("server output", MFD_CLOEXEC | MFD_ALLOW_SEALING));
  if (fd && ftruncate(fd.get(), output_size) == 0) {
    fcntl(fd.get(), F_ADD_SEALS, F_SEAL_GROW | F_SEAL_SHRINK);
  }
  return fd;
}

/// In the child: only what may be called between fork and exec.
[[noreturn]] void become(char* const* arguments, int output, int error_pipe, pid_t parent,
                         const ServerProcess::Limits& limits) {
  setpgid(0, 0);
  prctl(PR_SET_PDEATHSIG, SIGKILL);
  if (getppid() != parent) _exit(127);
  const int empty = open("/dev/null", O_RDONLY);
  dup2(empty, STDIN_FILENO);
  dup2(output, STDOUT_FILENO);
  dup2(output, STDERR_FILENO);
  for (int number = 1; number < SIGRTMAX; ++number) signal(number, SIG_DFL);
  sigset_t none;
  sigemptyset(&none);
  sigprocmask(SIG_SETMASK, &none, nullptr);
  if (limits.descriptors != 0) {
    const rlimit limit{limits.descriptors, limits.descriptors};
    setrlimit(RLIMIT_NOFILE, &limit);
  }
  execvp(arguments[0], arguments);
  const int error = errno;
  if (write(error_pipe, &error, sizeof error) < 0) _exit(126);
  _exit(127);
}

}  // namespace

std::string describe(const ProcessEnd& end) {
  if (end.signal == 0) return fmt::format("exit code {}", end.exit_code);
  const char* name = sigabbrev_np(end.signal);
  return fmt::format("killed by SIG{}", name == nullptr ? std::to_string(end.signal) : name);
}

Result<ServerProcess> ServerProcess::start(const std::vector<std::string>& command, Limits limits) {
  Fd output = make_output();
  int ends[2];
  if (!output || pipe2(ends, O_CLOEXEC) != 0) {
    return failure("cannot prepare the server's start: " + describe_errno(errno));
  }
  const Fd reading(ends[0]);
  Fd writing(ends[1]);
  std::vector<char*> arguments;
  for (const std::string& word : command) arguments.push_back(const_cast<char*>(word.c_str()));
  arguments.push_back(nullptr);

  const pid_t parent = getpid();
  const pid_t pid = fork();
  if (pid < 0) return failure("cannot start a process: " + describe_errno(errno));
  if (pid == 0) become(arguments.data(), output.get(), writing.get(), parent, limits);
  setpgid(pid, pid);  // both sides, so that whoever is first has it done
  writing.close();
  ServerProcess process(pid, std::move(output));
  int error = 0;
  if (read(reading.get(), &error, sizeof error) == static_cast<ssize_t>(sizeof error)) {
    return failure(fmt::format("cannot start {}: {}", command.front(), describe_errno(error)));
  }
  return process;
}

ServerProcess::ServerProcess(ServerProcess&& other) noexcept
    : pid_(std::exchange(other.pid_, -1)), output_(std::move(other.output_)), end_(other.end_) {}

ServerProcess::~ServerProcess() {
  if (pid_ < 0) return;
  kill();
  while (waitpid(pid_, nullptr, 0) < 0 && errno == EINTR) continue;
}

void ServerProcess::kill() {
  const auto family = family_of(pid_);
  ::kill(-pid_, SIGKILL);
  for (const pid_t pid : family) ::kill(pid, SIGKILL);
}

bool ServerProcess::is_gone() const {
  siginfo_t info{};
  return waitid(P_PID, static_cast<id_t>(pid_), &info, WEXITED | WNOHANG | WNOWAIT) == 0 &&
         info.si_pid == pid_;
}

std::optional<ProcessEnd> ServerProcess::end() {
  if (end_) return end_;
  siginfo_t info{};
  if (waitid(P_PID, static_cast<id_t>(pid_), &info, WEXITED | WNOHANG | WNOWAIT) != 0) return end_;
  if (info.si_pid != pid_) return end_;
  end_ = ProcessEnd{Clock::now(), 0, 0};
  (info.si_code == CLD_EXITED ? end_->exit_code : end_->signal) = info.si_status;
  return end_;
}

Result<void> ServerProcess::wait_until_listening(std::uint16_t port, Clock::time_point deadline) {
  // One that listens elsewhere is not about to listen here too.
  static constexpr auto second_thoughts = 2s;
  std::set<int> elsewhere;
  for (;;) {
    elsewhere.clear();
    std::set<std::uint64_t> own;
    for (const SocketEntry& entry : read_socket_table()) {
      if (entry.state != SocketEntry::State::listening) continue;
      if (own.empty()) own = sockets_of(pid_);
      // None can be seen where the server changed its user; the port was free before, so it is its.
      if (!own.empty() && !own.contains(entry.inode)) continue;
      if (entry.port == port) return {};
      elsewhere.insert(entry.port);
    }
    if (!elsewhere.empty()) deadline = std::min(deadline, Clock::now() + second_thoughts);
    if (const auto ended = end()) {
      return failure(
          fmt::format("the server ended before it listened on port {}: {}; it printed: {}", port,
                      describe(*ended), output()));
    }
    if (stop_requested()) return failure("interrupted");
    if (Clock::now() >= deadline) break;
    sleep_until(Clock::now() + 5ms);
  }
  if (elsewhere.empty()) {
    return failure(
        fmt::format("the server does not listen on port {}; it printed: {}", port, output()));
  }
  return failure(fmt::format("the server does not listen on port {} but on {}; try --port {}", port,
                             fmt::join(elsewhere, ", "), *elsewhere.begin()));
}

std::string ServerProcess::output(std::size_t most) const {
  std::string text(output_size, '\0');
  const auto got = pread(output_.get(), text.data(), text.size(), 0);
  text.resize(got < 0 ? 0 : static_cast<std::size_t>(got));
  text.resize(text.find_last_not_of('\0') + 1);
  if (text.empty()) return "nothing";
  return text.size() <= most ? text : "..." + text.substr(text.size() - most);
}

void adopt_strays() { prctl(PR_SET_CHILD_SUBREAPER, 1); }

void end_strays() {
  for (const pid_t pid : family_of(getpid())) {
    if (pid != getpid() && getppid() != pid) {
      // Only children: the checker's own process group holds the shell that started it too.
      siginfo_t info{};
      if (waitid(P_PID, static_cast<id_t>(pid), &info, WEXITED | WNOHANG | WNOWAIT) == 0) {
        ::kill(pid, SIGKILL);
      }
    }
  }
  while (waitpid(-1, nullptr, WNOHANG) > 0) continue;
}

}  // namespace lastword
