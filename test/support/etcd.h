#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "net/endpoint.h"
#include "support/process.h"

namespace lastword::test {

/// A cluster of real etcd members on free ports of the loopback, with its data in a folder of its
/// own; gone at the end. It shares nothing with an etcd that the machine may run.
class EtcdCluster {
 public:
  /// Starts `members` and waits until they serve. Throws where they don't.
  explicit EtcdCluster(int members = 1, std::vector<std::string> flags = {});

  /// Of the members' clients, in order.
  const std::vector<Endpoint>& endpoints() const { return clients_; }
  /// As in "127.0.0.1:40001,127.0.0.1:40002".
  std::string addresses() const;

  /// The process of one member; it may be signalled.
  Process& member(int number) { return *members_.at(static_cast<std::size_t>(number)); }
  void kill(int number);
  /// Again, with what it had on disk. Does not wait.
  void start(int number);
  /// Waits until the member answers a linearizable read, which takes a quorum and a leader.
  bool serves(int number) const;
  /// Which member leads; nothing while none is known.
  std::optional<int> leader() const;

 private:
  bool start_all();

  TemporaryFolder folder_;
  std::vector<std::string> flags_;
  std::vector<Endpoint> clients_;
  std::vector<Endpoint> peers_;
  std::vector<std::unique_ptr<Process>> members_;
};

/// Ports that nobody has now; somebody may take one before it is used.
std::vector<std::uint16_t> free_ports(int count);

}  // namespace lastword::test
