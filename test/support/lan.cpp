#include "support/lan.h"

#include <fcntl.h>
#include <linux/if_tun.h>
#include <net/if.h>
#include <poll.h>
#include <sys/eventfd.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cstring>
#include <deque>
#include <mutex>
#include <random>

#include "support/process.h"

namespace lastword::test {

Result<Lan> Lan::make() {
  auto bridge = NetworkNamespace::make();
  if (!bridge) return tl::unexpected(bridge.error());
  Lan lan(std::make_unique<NetworkNamespace>(std::move(*bridge)));
  const std::string& name = lan.bridge().name();
  if (!ip({"-n", name, "link", "add", "br0", "type", "bridge"}) ||
      !ip({"-n", name, "link", "set", "br0", "up"})) {
    return failure("this machine permits no bridge");
  }
  return lan;
}

Result<void> Lan::join(const NetworkNamespace& host, const std::string& interface,
                       const std::string& address) {
  const std::string port = "port" + std::to_string(addresses_.size());
  const std::string& lan = bridge_->name();
  const bool joined =
      ip({"-n", lan, "link", "add", port, "type", "veth", "peer", "name", interface, "netns",
          host.name()}) &&
      ip({"-n", lan, "link", "set", port, "master", "br0", "up"}) &&
      ip({"-n", host.name(), "address", "add", address + "/24", "dev", interface}) &&
      ip({"-n", host.name(), "link", "set", interface, "up"});
  if (!joined) return failure("this machine permits no virtual network");
  addresses_.push_back(address);
  return {};
}

void Lan::set_link(const std::string& address, const char* state) {
  const auto port = std::find(addresses_.begin(), addresses_.end(), address) - addresses_.begin();
  ip({"-n", bridge_->name(), "link", "set", "port" + std::to_string(port), state});
}

namespace {

/// A network device of `where` whose frames this process reads and writes.
Fd make_tap(const NetworkNamespace& where, const std::string& name) {
  Fd tap;
  std::thread([&] {
    if (!where.enter()) return;
    Fd device(open("/dev/net/tun", O_RDWR | O_CLOEXEC | O_NONBLOCK));
    ifreq request{};
    request.ifr_flags = IFF_TAP | IFF_NO_PI;
    std::strncpy(request.ifr_name, name.c_str(), IFNAMSIZ - 1);
    if (device && ioctl(device.get(), TUNSETIFF, &request) == 0) tap = std::move(device);
  }).join();
  return tap;
}

}  // namespace

struct BadCable::Wire {
  struct Frame {
    Clock::time_point due;
    std::vector<char> bytes;
  };
  /// One way. Frames stay in order.
  struct Way {
    Fd* from;
    Fd* to;
    std::deque<Frame> frames{};
  };

  Fd host;
  Fd lan;
  Fd stop{eventfd(0, EFD_CLOEXEC)};
  std::array<Way, 2> ways{Way{&host, &lan}, Way{&lan, &host}};

  std::mutex mutex;
  Clock::duration delay{};  // guarded by mutex, as the next two
  int loss_percent = 0;
  std::mt19937 random;

  void run();
  void take_from(Way& way);
  static void deliver(Way& way);
};

void BadCable::Wire::take_from(Way& way) {
  std::array<char, 65536> buffer;
  for (;;) {
    const ssize_t got = read(way.from->get(), buffer.data(), buffer.size());
    if (got <= 0) return;
    const std::lock_guard lock(mutex);
    if (std::uniform_int_distribution<>(0, 99)(random) < loss_percent) continue;
    way.frames.push_back({Clock::now() + delay, {buffer.data(), buffer.data() + got}});
  }
}

void BadCable::Wire::deliver(Way& way) {
  while (!way.frames.empty() && way.frames.front().due <= Clock::now()) {
    const auto& bytes = way.frames.front().bytes;
    // A device that takes no more loses the frame, as real ones do.
    [[maybe_unused]] const ssize_t ignored = write(way.to->get(), bytes.data(), bytes.size());
    way.frames.pop_front();
  }
}

void BadCable::Wire::run() {
  std::array<pollfd, 3> entries{
      {{host.get(), POLLIN, 0}, {lan.get(), POLLIN, 0}, {stop.get(), POLLIN, 0}}};
  while (entries[2].revents == 0) {
    auto next = Clock::now() + 1s;
    for (const Way& way : ways) {
      if (!way.frames.empty()) next = std::min(next, way.frames.front().due);
    }
    const auto left = std::chrono::ceil<std::chrono::milliseconds>(next - Clock::now());
    poll(entries.data(), entries.size(), std::max(0, static_cast<int>(left.count())));
    for (Way& way : ways) {
      take_from(way);
      deliver(way);
    }
  }
}

BadCable::BadCable(std::unique_ptr<Wire> wire)
    : wire_(std::move(wire)), thread_([this] { wire_->run(); }) {}

BadCable::~BadCable() {
  eventfd_write(wire_->stop.get(), 1);
  thread_.join();
}

Result<std::unique_ptr<BadCable>> BadCable::lay(const Lan& lan, const NetworkNamespace& host,
                                                const std::string& interface,
                                                const std::string& address) {
  auto wire = std::make_unique<Wire>();
  wire->host = make_tap(host, interface);
  wire->lan = make_tap(lan.bridge(), "cable");
  const std::string& bridge = lan.bridge().name();
  const bool laid = wire->host && wire->lan &&
                    ip({"-n", bridge, "link", "set", "cable", "master", "br0", "up"}) &&
                    ip({"-n", host.name(), "address", "add", address + "/24", "dev", interface}) &&
                    ip({"-n", host.name(), "link", "set", interface, "up"});
  if (!laid) return failure("this machine permits no TAP devices");
  return std::unique_ptr<BadCable>(new BadCable(std::move(wire)));
}

void BadCable::set(int round_trip_ms, int loss_percent, std::uint32_t seed) {
  const std::lock_guard lock(wire_->mutex);
  wire_->delay = std::chrono::milliseconds(round_trip_ms) / 2;
  wire_->loss_percent = loss_percent;
  wire_->random.seed(seed);
}

}  // namespace lastword::test
