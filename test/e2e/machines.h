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
/// machines for writers; two networks, one for writers and servers, one for servers and etcd.
class Machines {
 public:
  static constexpr int count = 3;
  /// A turn's lease lives for five of these.
  static constexpr auto call_timeout = 1s;
  static constexpr auto hold = 50ms;

  /// Starts it all, and waits until it serves. `server` is the program; `scope` as its flag. The
  /// error says why this machine can't have it.
  static Result<std::unique_ptr<Machines>> start(const std::string& server,
                                                 const std::string& scope);

  /// Where the writers connect to, and from.
  Endpoint front() const { return {"10.247.53.100", 1050}; }
  std::vector<const NetworkNamespace*> writers() const;

  void start_etcd(int number);
  void kill_etcd(int number);
  /// Nothing while none is known.
  std::optional<int> etcd_leader() const;
  /// Whether every member answers a linearizable read; asks once.
  bool etcd_is_whole() const;
  void pull_etcd(int number) { back_.pull(etcd_address(number)); }
  void plug_etcd(int number) { back_.plug(etcd_address(number)); }

  void start_server(int number);
  Process& server(int number) { return *servers_.at(static_cast<std::size_t>(number)); }
  /// Between server 0 and the etcds.
  BadCable& cable() { return *cable_; }

  /// What the processes said, for a test that fails.
  std::string last_words() const;

 private:
  Machines(Lan front, Lan back, std::string server, std::string scope);

  Result<void> wire();
  static std::string etcd_address(int number) { return "10.247.54." + std::to_string(number + 1); }
  std::string etcd_addresses(int first) const;
  std::optional<std::string> ask_etcd(int number, std::vector<std::string> words) const;

  Lan front_;
  Lan back_;
  const std::string server_program_;
  const std::string scope_;
  TemporaryFolder folder_;
  std::vector<NetworkNamespace> etcd_hosts_, server_hosts_, writer_hosts_, balancer_host_;
  std::unique_ptr<BadCable> cable_;
  std::vector<std::unique_ptr<Process>> etcds_, servers_;
  std::unique_ptr<Process> balancer_;
};

}  // namespace lastword::test
