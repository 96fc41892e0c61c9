#include "server/shortage.h"

#include <sys/resource.h>
#include <unistd.h>

#include <cerrno>
#include <fstream>
#include <limits>
#include <vector>

namespace lastword {
namespace {

/// The number in a file of /proc or /sys; nothing for "max", or where there is no such file.
std::optional<std::uint64_t> number_in(const std::string& path) {
  std::ifstream file(path);
  std::uint64_t number = 0;
  if (file >> number) return number;
  return std::nullopt;
}

std::optional<std::uint64_t> soft_limit(__rlimit_resource resource) {
  rlimit limit{};
  if (getrlimit(resource, &limit) != 0 || limit.rlim_cur == RLIM_INFINITY) return std::nullopt;
  return limit.rlim_cur;
}

/// The `pids.max` of the control group that this process is in, whichever version mounts it.
std::optional<std::uint64_t> cgroup_pids_max() {
  std::ifstream groups("/proc/self/cgroup");
  for (std::string line; std::getline(groups, line);) {
    const auto first = line.find(':');
    const auto second = line.find(':', first + 1);
    if (second == std::string::npos) continue;
    const std::string controllers = line.substr(first + 1, second - first - 1);
    const std::string path = line.substr(second + 1);
    if (controllers == "pids") return number_in("/sys/fs/cgroup/pids" + path + "/pids.max");
    if (controllers.empty()) {
      if (const auto max = number_in("/sys/fs/cgroup" + path + "/pids.max")) return max;
    }
  }
  return std::nullopt;
}

/// Of all that bounds the threads of a process, the least: most likely the one that was met.
Limit thread_limit() {
  std::vector<Limit> bounds{
      {"pids.max of the control group", cgroup_pids_max()},
      {"kernel.pid_max", number_in("/proc/sys/kernel/pid_max")},
      {"kernel.threads-max", number_in("/proc/sys/kernel/threads-max")},
  };
  // Each stack is two mappings: itself and its guard page.
  if (const auto maps = number_in("/proc/sys/vm/max_map_count")) {
    bounds.push_back({"half of vm.max_map_count", *maps / 2});
  }
  if (const auto bytes = soft_limit(RLIMIT_AS)) {
    bounds.push_back({"ulimit -v over the stack size", *bytes / thread_stack_size});
  }
  const bool exempt = geteuid() == 0;  // the kernel does not hold root to it
  if (!exempt) bounds.push_back({"ulimit -u", soft_limit(RLIMIT_NPROC)});

  Limit least{"threads", std::nullopt};
  for (const Limit& bound : bounds) {
    if (bound.value && (!least.value || *bound.value < *least.value)) least = bound;
  }
  return least;
}

}  // namespace

std::string_view name_of(Resource resource) {
  switch (resource) {
    case Resource::descriptors: return "descriptors";
    case Resource::system_descriptors: return "system_descriptors";
    case Resource::threads: return "threads";
    case Resource::memory: return "memory";
    case Resource::sessions: return "sessions";
  }
  return "";
}

std::optional<Resource> resource_behind_accept_error(int error_number) {
  switch (error_number) {
    case EMFILE: return Resource::descriptors;
    case ENFILE: return Resource::system_descriptors;
    case ENOBUFS:
    case ENOMEM: return Resource::memory;
    default: return std::nullopt;
  }
}

Limit limit_of(Resource resource) {
  switch (resource) {
    case Resource::descriptors: return {"ulimit -n", soft_limit(RLIMIT_NOFILE)};
    case Resource::system_descriptors: return {"fs.file-max", number_in("/proc/sys/fs/file-max")};
    case Resource::threads: return thread_limit();
    case Resource::memory: return {"ulimit -v", soft_limit(RLIMIT_AS)};
    case Resource::sessions: return {"--max-sessions", std::nullopt};
  }
  return {};
}

std::uint64_t raise_descriptor_limit() {
  rlimit limit{};
  if (getrlimit(RLIMIT_NOFILE, &limit) != 0) return 0;
  limit.rlim_cur = limit.rlim_max;
  setrlimit(RLIMIT_NOFILE, &limit);  // where it is refused the soft limit stays, and is reported
  getrlimit(RLIMIT_NOFILE, &limit);
  return limit.rlim_cur;
}

}  // namespace lastword
