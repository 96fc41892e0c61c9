#include "bench/processes.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <poll.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <csignal>
#include <nlohmann/json.hpp>

#include "bench/clock.h"
#include "bench/interrupt.h"

namespace lastword {

using nlohmann::json;

void ProcessPipe::send(const Sample& sample) {
  send_line(
      json{{"sample", {sample.tick, sample.started, sample.answered, sample.errors, sample.held}}}
          .dump());
}

void ProcessPipe::send(const Measured& measured) {
  // What a server sent may be in the examples: escaped, and so ASCII; replace is for what is not.
  send_line(
      json{{"measured", measured.to_json()}}.dump(-1, ' ', true, json::error_handler_t::replace));
}

void ProcessPipe::send_line(std::string line) {
  line += '\n';
  for (std::size_t done = 0; done < line.size();) {
    const auto written = write(fd_.get(), line.data() + done, line.size() - done);
    if (written < 0 && errno != EINTR) return;  // nobody listens any more
    if (written > 0) done += static_cast<std::size_t>(written);
  }
}

Fleet::~Fleet() {
  for (Child& child : children_) {
    if (child.pid > 0) kill(child.pid, SIGKILL);
    reap(child);
  }
}

Result<void> Fleet::start(const std::function<void(ProcessPipe&)>& job) {
  std::array<int, 2> ends{};
  if (pipe2(ends.data(), O_CLOEXEC) != 0) {
    return failure("cannot make a pipe: " + describe_errno(errno));
  }
  Fd here(ends[0]);
  Fd there(ends[1]);
  const pid_t parent = getpid();
  const pid_t pid = fork();
  if (pid < 0) return failure("cannot start a process: " + describe_errno(errno));
  if (pid == 0) {
    prctl(PR_SET_PDEATHSIG, SIGTERM);
    if (getppid() != parent) _exit(1);
    here.close();
    for (Child& sibling : children_) sibling.pipe.close();
    ProcessPipe pipe(std::move(there));
    job(pipe);
    _exit(0);  // not the parent's destructors, nor its buffers
  }
  children_.push_back({pid, std::move(here), {}, {}, false});
  return {};
}

Measured Fleet::gather(const std::function<void(const FleetProgress&)>& on_progress) {
  bool told_to_end = false;
  const auto runs = [](const Child& child) { return child.pid > 0; };
  while (std::any_of(children_.begin(), children_.end(), runs)) {
    if (bench_interrupted() && !told_to_end) {
      told_to_end = true;
      for (const Child& child : children_) {
        if (child.pid > 0) kill(child.pid, SIGTERM);
      }
    }
    wait_for_word();
    if (on_progress) on_progress(progress());
  }
  if (merged_.processes > 1) {
    merged_.peak_held = 0;
    for (const auto& [tick, held] : held_at_tick_) {
      merged_.peak_held = std::max(merged_.peak_held, held);
    }
  }
  merged_.interrupted = merged_.interrupted || bench_interrupted();
  return std::move(merged_);
}

void Fleet::wait_for_word() {
  std::vector<pollfd> entries;
  std::vector<Child*> order;
  for (Child& child : children_) {
    if (child.pid <= 0) continue;
    entries.push_back({child.pipe.get(), POLLIN, 0});
    order.push_back(&child);
  }
  if (poll(entries.data(), entries.size(), 200) <= 0) return;
  for (std::size_t at = 0; at < entries.size(); ++at) {
    if (entries[at].revents != 0) read_from(*order[at]);
  }
}

void Fleet::read_from(Child& child) {
  std::array<char, 64 * 1024> buffer;  // NOLINT(cppcoreguidelines-pro-type-member-init)
  const auto got = read(child.pipe.get(), buffer.data(), buffer.size());
  if (got < 0 && (errno == EINTR || errno == EAGAIN)) return;
  if (got <= 0) return reap(child);
  child.unread.append(buffer.data(), static_cast<std::size_t>(got));
  for (;;) {
    const auto end = child.unread.find('\n');
    if (end == std::string::npos) return;
    take_line(child, child.unread.substr(0, end));
    child.unread.erase(0, end + 1);
  }
}

void Fleet::take_line(Child& child, const std::string& line) {
  const json word = json::parse(line);
  if (const auto measured = word.find("measured"); measured != word.end()) {
    merged_.merge(Measured::from_json(*measured));
    child.reported = true;
    return;
  }
  const json& sample = word.at("sample");
  child.last = {sample.at(0), sample.at(1), sample.at(2), sample.at(3), sample.at(4)};
  held_at_tick_[child.last.tick] += child.last.held;
}

void Fleet::reap(Child& child) {
  if (child.pid <= 0) return;
  int status = 0;
  while (waitpid(child.pid, &status, 0) < 0 && errno == EINTR) {
  }
  child.pid = -1;
  child.pipe.close();
  if (child.reported) return;
  merged_.failures.push_back(
      WIFSIGNALED(status)
          ? fmt::format("a process of the generator was ended by signal {}", WTERMSIG(status))
          : "a process of the generator ended without a result");
}

FleetProgress Fleet::progress() const {
  FleetProgress sum;
  sum.seconds = static_cast<double>(std::max<std::int64_t>(0, now_ns() - begin_ns_)) / 1e9;
  for (const Child& child : children_) {
    sum.started += child.last.started;
    sum.answered += child.last.answered;
    sum.errors += child.last.errors;
    sum.held += child.last.held;
  }
  return sum;
}

}  // namespace lastword
