#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "net/error.h"
#include "net/fd.h"
#include "support/network_namespace.h"

namespace lastword::test {

/// A switch: a bridge in a network namespace of its own, and cables to hosts.
class Lan {
 public:
  /// The error says why this machine permits none.
  static Result<Lan> make();

  /// Gives `host` an interface with an address such as "10.0.0.1" in a network of 256.
  Result<void> join(const NetworkNamespace& host, const std::string& interface,
                    const std::string& address);

  /// Pulls, or plugs, the cable of the host that joined with this address.
  void pull(const std::string& address) { set_link(address, "down"); }
  void plug(const std::string& address) { set_link(address, "up"); }

  const NetworkNamespace& bridge() const { return *bridge_; }

 private:
  explicit Lan(std::unique_ptr<NetworkNamespace> bridge) : bridge_(std::move(bridge)) {}
  void set_link(const std::string& address, const char* state);

  std::unique_ptr<NetworkNamespace> bridge_;
  std::vector<std::string> addresses_;  // by the number of the port
};

/// A cable between a host and a Lan that can be made slow and lossy, as `tc netem` does where the
/// kernel has it: Ethernet frames go through this process.
class BadCable {
 public:
  static Result<std::unique_ptr<BadCable>> lay(const Lan& lan, const NetworkNamespace& host,
                                               const std::string& interface,
                                               const std::string& address);
  ~BadCable();
  BadCable(const BadCable&) = delete;

  /// From now on there and back again takes `round_trip_ms`, half of it each way, and so many of a
  /// hundred frames are lost. The same seed loses the same ones.
  void set(int round_trip_ms, int loss_percent, std::uint32_t seed);

 private:
  struct Wire;
  explicit BadCable(std::unique_ptr<Wire> wire);

  std::unique_ptr<Wire> wire_;
  std::thread thread_;
};

}  // namespace lastword::test
