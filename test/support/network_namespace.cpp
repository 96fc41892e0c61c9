#include "support/network_namespace.h"

#include <fcntl.h>
#include <sched.h>
#include <unistd.h>

#include <atomic>

#include "net/fd.h"
#include "support/process.h"

namespace lastword::test {

bool ip(const std::vector<std::string>& words) {
  std::vector<std::string> argv{"ip"};
  argv.insert(argv.end(), words.begin(), words.end());
  return run(argv).exit.code == 0;
}

Result<NetworkNamespace> NetworkNamespace::make() {
  static std::atomic<int> made{0};
  const std::string name = "lw" + std::to_string(getpid()) + "n" + std::to_string(made++);
  if (!ip({"netns", "add", name})) return failure("network namespaces aren't permitted here");
  NetworkNamespace result(name);
  if (!ip({"-n", name, "link", "set", "lo", "up"})) return failure("cannot set a loopback up");
  return result;
}

NetworkNamespace::~NetworkNamespace() {
  if (!name_.empty()) ip({"netns", "del", name_});
}

std::vector<std::string> NetworkNamespace::command(const std::vector<std::string>& argv) const {
  std::vector<std::string> whole{"ip", "netns", "exec", name_};
  whole.insert(whole.end(), argv.begin(), argv.end());
  return whole;
}

Result<void> NetworkNamespace::enter() const {
  const Fd handle(open(("/run/netns/" + name_).c_str(), O_RDONLY | O_CLOEXEC));
  if (!handle || setns(handle.get(), CLONE_NEWNET) != 0) return failure("cannot enter " + name_);
  return {};
}

}  // namespace lastword::test
