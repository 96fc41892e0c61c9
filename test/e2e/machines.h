#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "net/endpoint.h"
#include "support/lan.h"
#include "support/process.h"

namespace lastword::test {

/// Three etcd machines, three servers that share a slot in it, HAProxy in front of them, and
/// machines for writers; three networks: one for writers and servers, one for servers and etcd, one
/// for the etcds alone.
class Machines {
 public:
  static constexpr int count = 3;
  static constexpr auto hold = 50ms;

  /// What the servers are, and how they are started.
  struct Servers {
    std::string program;
    std::string scope;
    std::string slot_timeout = "1s";
  };

  /// Starts it all, and waits until it serves. The error says why this machine can't have it.
  static Result<std::unique_ptr<Machines>> start(const Servers& servers);

  /// Where the writers connect to, and from.
  Endpoint front() const { return {"10.247.53.100", 1050}; }
  std::vector<const NetworkNamespace*> writers() const;

  void start_etcd(int number);
  void kill_etcd(int number);
  /// Nothing while none is known.
  std::optional<int> etcd_leader() const;
  /// Whether every member answers a linearizable read; asks once.
  bool etcd_is_whole() const;
  /// Cuts it off from everybody, and undoes that.
  void pull_etcd(int number);
  void plug_etcd(int number);

  void start_server(int number);
  Process& server(int number) { return *servers_.at(static_cast<std::size_t>(number)); }
  /// Between server 0 and the etcds.
  BadCable& server_cable() { return *server_cable_; }
  /// Between etcd 0 and the others; not on the way to the servers.
  BadCable& etcd_cable() { return *etcd_cable_; }

  /// What the processes said, for a test that fails.
  std::string last_words() const;

 private:
  Machines(Lan front, Lan back, Lan peers, Servers servers);

  Result<void> wire();
  static std::string etcd_address(int number) { return "10.247.54." + std::to_string(number + 1); }
  static std::string peer_address(int number) { return "10.247.55." + std::to_string(number + 1); }
  std::string etcd_addresses(int first) const;
  std::optional<std::string> ask_etcd(int number, std::vector<std::string> words) const;

  Lan front_;
  Lan back_;
  Lan peers_;
  const Servers how_;
  TemporaryFolder folder_;
  std::vector<NetworkNamespace> etcd_hosts_, server_hosts_, writer_hosts_, balancer_host_;
  std::unique_ptr<BadCable> server_cable_, etcd_cable_;
  std::vector<std::unique_ptr<Process>> etcds_, servers_;
  std::unique_ptr<Process> balancer_;
};

}  // namespace lastword::test
