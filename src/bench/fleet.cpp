#include "bench/fleet.h"

#include <fmt/format.h>
#include <sys/resource.h>

#include <algorithm>
#include <cmath>
#include <fstream>
#include <limits>
#include <string>

#include "bench/clock.h"
#include "bench/generator.h"
#include "bench/interrupt.h"
#include "bench/message_code.h"
#include "bench/processes.h"

namespace lastword {
namespace {

constexpr std::uint64_t reserved_descriptors = 32;  // the standard three, epoll, the pipe, the log

std::uint64_t raise_descriptor_limit() {
  rlimit limit{};
  getrlimit(RLIMIT_NOFILE, &limit);
  limit.rlim_cur = limit.rlim_max;
  setrlimit(RLIMIT_NOFILE, &limit);
  getrlimit(RLIMIT_NOFILE, &limit);
  return limit.rlim_cur;
}

/// Of the calling process: memory that is not backed by a file.
std::uint64_t anonymous_memory() {
  std::ifstream status("/proc/self/status");
  for (std::string word; status >> word;) {
    std::uint64_t kib = 0;
    if (word == "RssAnon:" && status >> kib) return kib * 1024;
  }
  return 0;
}

Result<std::vector<SocketAddress>> addresses_of(const BenchSettings& settings) {
  std::vector<SocketAddress> targets;
  for (const Endpoint& endpoint : settings.targets) {
    const auto found = resolve(endpoint, Purpose::connect);
    if (!found) return tl::unexpected(found.error());
    const auto fits = [&](const SocketAddress& address) {
      return settings.sources.empty() || address.family() == AF_INET;
    };
    const auto chosen = std::find_if(found->begin(), found->end(), fits);
    if (chosen == found->end()) {
      return failure(fmt::format("{} has no IPv4 address, as those of --connections-from are",
                                 to_string(endpoint)));
    }
    targets.push_back(*chosen);
  }
  return targets;
}

/// Part `worker` of `workers` of `whole`, so that the parts add up.
std::uint64_t part_of(std::uint64_t whole, std::uint32_t worker, std::uint32_t workers) {
  return whole / workers + (worker < whole % workers ? 1 : 0);
}

Share share_of(const BenchSettings& settings, const Share& common, std::uint32_t worker) {
  Share share = common;
  share.worker = worker;
  share.concurrency = part_of(settings.concurrency, worker, share.workers);
  share.sessions = settings.sessions == 0 ? std::numeric_limits<std::uint64_t>::max()
                                          : part_of(settings.sessions, worker, share.workers);
  // Addresses of its own, where there are enough: then processes don't contend for ports.
  if (settings.sources.size() < share.workers) {
    share.sources = settings.sources;
  } else {
    for (std::size_t at = worker; at < settings.sources.size(); at += share.workers) {
      share.sources.push_back(settings.sources[at]);
    }
  }
  return share;
}

/// What a process of the fleet does, from fork to end.
void play_share(const Share& share, Dialogue& dialogue, ProcessPipe& pipe) {
  Generator generator(share, dialogue, [&](const Sample& sample) { pipe.send(sample); });
  Measured measured = generator.run(bench_interrupted);
  measured.memory_bytes = anonymous_memory();  // at its most: nothing has been given back yet
  pipe.send(measured);
}

}  // namespace

std::uint32_t processes_for(const BenchSettings& settings, std::uint64_t descriptors) {
  const bool open = settings.rate > 0;
  if (settings.processes != 0) {
    // A process without a session at a time would have nothing to do.
    if (open) return settings.processes;
    return static_cast<std::uint32_t>(
        std::min<std::uint64_t>(settings.processes, settings.concurrency));
  }
  const double hold_s = std::chrono::duration<double>(settings.hold).count();
  double held =
      settings.rate > 0 ? settings.rate * (hold_s + 1) : static_cast<double>(settings.concurrency);
  if (settings.sessions != 0) held = std::min(held, static_cast<double>(settings.sessions));
  const auto room = static_cast<double>(
      std::max<std::uint64_t>(descriptors, reserved_descriptors + 1) - reserved_descriptors);
  return std::clamp<std::uint32_t>(static_cast<std::uint32_t>(std::ceil(held / room)), 1,
                                   MessageCode::most_workers);
}

Result<Measured> run_bench(const BenchSettings& settings, Dialogue& dialogue,
                           const std::function<void(const FleetProgress&)>& on_progress) {
  auto targets = addresses_of(settings);
  if (!targets) return tl::unexpected(targets.error());
  Share common;
  common.descriptors = raise_descriptor_limit();
  common.workers = processes_for(settings, common.descriptors);
  common.targets = std::move(*targets);
  common.run_rate = settings.rate;
  common.arrivals = settings.arrivals;
  common.seed = settings.seed;
  common.warmup_ns = settings.warmup.count();
  common.duration_ns = settings.duration.count();
  common.hold_ns = settings.hold.count();
  common.early_slack_ns = early_slack(settings.hold).count();
  common.timeout_ns = settings.timeout.count();
  // Forking takes time, and all begin at once.
  common.begin_ns = now_ns() + 10'000'000 + 2'000'000 * std::int64_t{common.workers};

  Fleet fleet(common.begin_ns);
  for (std::uint32_t worker = 0; worker < common.workers; ++worker) {
    const Share share = share_of(settings, common, worker);
    const auto started = fleet.start([&](ProcessPipe& pipe) { play_share(share, dialogue, pipe); });
    if (!started) return tl::unexpected(started.error());
  }
  Measured all = fleet.gather(on_progress);
  for (std::size_t worker = 0; worker < all.named.size(); ++worker) {
    const std::uint64_t sent = worker < all.sent.size() ? all.sent[worker] : 0;
    if (all.named[worker] <= sent) continue;
    all.errors.add(ErrorKind::invented,
                   fmt::format("a reply named session {} of process {}, which sent {} messages",
                               all.named[worker], worker + 1, sent));
  }
  return all;
}

}  // namespace lastword
