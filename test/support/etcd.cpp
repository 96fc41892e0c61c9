#include "support/etcd.h"

#include <arpa/inet.h>
#include <signal.h>

#include <nlohmann/json.hpp>
#include <stdexcept>

#include "net/fd.h"

namespace lastword::test {
namespace {

std::string url_of(const Endpoint& endpoint) { return "http://" + to_string(endpoint); }

}  // namespace

std::vector<std::uint16_t> free_ports(int count) {
  std::vector<std::uint16_t> ports;
  std::vector<Fd> held;  // all at once, so that none is given twice
  for (int i = 0; i < count; ++i) {
    held.emplace_back(socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof address;
    auto* any = reinterpret_cast<sockaddr*>(&address);
    if (bind(held.back().get(), any, size) != 0 ||
        getsockname(held.back().get(), any, &size) != 0) {
      throw std::runtime_error("no free port");
    }
    ports.push_back(ntohs(address.sin_port));
  }
  return ports;
}

EtcdCluster::EtcdCluster(int members, std::vector<std::string> flags) : flags_(std::move(flags)) {
  members_.resize(static_cast<std::size_t>(members));
  for (int attempt = 0; attempt < 3; ++attempt) {
    if (start_all()) return;
  }
  throw std::runtime_error("etcd does not serve: " + members_.front()->err());
}

bool EtcdCluster::start_all() {
  clients_.clear();
  peers_.clear();
  const auto count = members_.size();
  const auto ports = free_ports(static_cast<int>(2 * count));
  for (std::size_t i = 0; i < count; ++i) {
    clients_.push_back({"127.0.0.1", ports[i]});
    peers_.push_back({"127.0.0.1", ports[count + i]});
  }
  for (std::size_t i = 0; i < count; ++i) start(static_cast<int>(i));
  for (std::size_t i = 0; i < count; ++i) {
    if (!serves(static_cast<int>(i))) return false;
  }
  return true;
}

std::string EtcdCluster::addresses() const {
  std::string all;
  for (const Endpoint& client : clients_) all += (all.empty() ? "" : ",") + to_string(client);
  return all;
}

void EtcdCluster::kill(int number) {
  member(number).signal(SIGKILL);
  member(number).wait();
}

void EtcdCluster::start(int number) {
  std::string all;
  for (std::size_t i = 0; i < peers_.size(); ++i) {
    all += (i == 0 ? "m" : ",m") + std::to_string(i) + "=" + url_of(peers_[i]);
  }
  const auto index = static_cast<std::size_t>(number);
  const std::string name = "m" + std::to_string(number);
  // The peers' port is in the folder's name: an attempt on other ports begins anew.
  const std::string folder = folder_.file(name + "." + std::to_string(peers_[index].port));
  std::vector<std::string> argv{"etcd",
                                "--name",
                                name,
                                "--data-dir",
                                folder,
                                "--listen-client-urls",
                                url_of(clients_[index]),
                                "--advertise-client-urls",
                                url_of(clients_[index]),
                                "--listen-peer-urls",
                                url_of(peers_[index]),
                                "--initial-advertise-peer-urls",
                                url_of(peers_[index]),
                                "--initial-cluster",
                                all,
                                "--log-level",
                                "error"};
  argv.insert(argv.end(), flags_.begin(), flags_.end());
  members_[index] = std::make_unique<Process>(argv);
}

bool EtcdCluster::serves(int number) const {
  const auto index = static_cast<std::size_t>(number);
  return eventually([&] {
           if (!members_[index]->is_running()) return true;  // it never will
           return run({"etcdctl", "--endpoints", url_of(clients_[index]), "--dial-timeout", "1s",
                       "--command-timeout", "2s", "get", "whatever"},
                      {"ETCDCTL_API=3"})
                      .exit.code == 0;
         }) &&
         members_[index]->is_running();
}

std::optional<int> EtcdCluster::leader() const {
  for (std::size_t i = 0; i < clients_.size(); ++i) {
    const Finished status = run({"etcdctl", "--endpoints", url_of(clients_[i]), "--command-timeout",
                                 "2s", "endpoint", "status", "--write-out", "json"},
                                {"ETCDCTL_API=3"});
    const auto parsed = nlohmann::json::parse(status.out, nullptr, false);
    if (status.exit.code != 0 || !parsed.is_array() || parsed.empty()) continue;
    const auto& about = parsed[0].at("Status");
    if (about.at("leader") == about.at("header").at("member_id")) return static_cast<int>(i);
  }
  return std::nullopt;
}

}  // namespace lastword::test
