#include "support/process.h"

#include <fcntl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <cstdlib>
#include <fstream>
#include <sstream>
#include <stdexcept>
#include <thread>

namespace lastword::test {

bool eventually(const std::function<bool()>& condition, Clock::duration most) {
  const auto deadline = Clock::now() + most;
  while (!condition()) {
    if (Clock::now() >= deadline) return false;
    std::this_thread::sleep_for(2ms);
  }
  return true;
}

TemporaryFolder::TemporaryFolder() {
  std::string pattern = (std::filesystem::temp_directory_path() / "lastword-XXXXXX").string();
  if (mkdtemp(pattern.data()) == nullptr) throw std::runtime_error("mkdtemp failed");
  path_ = pattern;
  std::filesystem::permissions(path_, std::filesystem::perms(0777));  // for other users' processes
}

TemporaryFolder::~TemporaryFolder() {
  std::error_code ignored;
  std::filesystem::remove_all(path_, ignored);
}

std::string read_file(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  std::ostringstream text;
  text << file.rdbuf();
  return text.str();
}

void write_file(const std::string& path, const std::string& text) {
  std::ofstream(path, std::ios::binary) << text;
}

Process::Process(std::vector<std::string> argv, const std::vector<std::string>& environment) {
  const int null = open("/dev/null", O_RDONLY | O_CLOEXEC);
  const auto create = O_WRONLY | O_CREAT | O_TRUNC | O_APPEND | O_CLOEXEC;
  const int out = open(folder_.file("out").c_str(), create, 0666);
  const int err = open(folder_.file("err").c_str(), create, 0666);
  std::vector<char*> arguments;
  for (std::string& argument : argv) arguments.push_back(argument.data());
  arguments.push_back(nullptr);

  pid_ = fork();
  if (pid_ == 0) {
    dup2(null, STDIN_FILENO);
    dup2(out, STDOUT_FILENO);
    dup2(err, STDERR_FILENO);
    for (const std::string& variable : environment) {
      const auto equals = variable.find('=');
      setenv(variable.substr(0, equals).c_str(), variable.substr(equals + 1).c_str(), 1);
    }
    execvp(arguments[0], arguments.data());
    _exit(127);
  }
  close(null);
  close(out);
  close(err);
  if (pid_ < 0) throw std::runtime_error("fork failed");
}

Process::~Process() {
  if (exit_) return;
  kill(pid_, SIGKILL);
  wait();
}

void Process::signal(int number) const {
  if (!exit_) kill(pid_, number);
}

std::optional<Exit> Process::wait(Clock::duration most) {
  int status = 0;
  const auto ended = [&] { return exit_ || waitpid(pid_, &status, WNOHANG) == pid_; };
  if (!eventually(ended, most)) return std::nullopt;
  if (!exit_) {
    exit_ = Exit{};
    if (WIFEXITED(status)) exit_->code = WEXITSTATUS(status);
    if (WIFSIGNALED(status)) exit_->signal = WTERMSIG(status);
  }
  return exit_;
}

Finished run(std::vector<std::string> argv, const std::vector<std::string>& environment) {
  Process process(std::move(argv), environment);
  const auto exit = process.wait();
  return {exit.value_or(Exit{}), process.out(), process.err()};
}

std::string program(const std::string& name) { return std::string(LASTWORD_BIN) + "/" + name; }

std::chrono::milliseconds processor_time_of(pid_t pid) {
  const std::string stat = read_file("/proc/" + std::to_string(pid) + "/stat");
  std::istringstream fields(stat.substr(stat.rfind(')') + 2));  // the name may contain anything
  std::string skipped;
  for (int i = 0; i < 11; ++i) fields >> skipped;
  long user = 0;
  long system = 0;
  fields >> user >> system;
  return std::chrono::milliseconds((user + system) * 1000 / sysconf(_SC_CLK_TCK));
}

namespace {

std::size_t entries_of(const std::string& folder) {
  std::error_code gone;
  std::size_t count = 0;
  for (auto entry = std::filesystem::directory_iterator(folder, gone);
       !gone && entry != std::filesystem::directory_iterator(); entry.increment(gone)) {
    ++count;
  }
  return count;
}

}  // namespace

std::size_t thread_count_of(pid_t pid) {
  return entries_of("/proc/" + std::to_string(pid) + "/task");
}

std::size_t descriptor_count_of(pid_t pid) {
  return entries_of("/proc/" + std::to_string(pid) + "/fd");
}

bool is_root() { return geteuid() == 0; }

}  // namespace lastword::test
