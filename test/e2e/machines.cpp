#include "e2e/machines.h"

#include <signal.h>

#include <nlohmann/json.hpp>

namespace lastword::test {
namespace {

std::string server_back_address(int server) { return "10.247.54." + std::to_string(11 + server); }
std::string front_address(int host) { return "10.247.53." + std::to_string(host); }

Result<void> make_hosts(std::vector<NetworkNamespace>& hosts, int count) {
  hosts.reserve(static_cast<std::size_t>(count));
  while (static_cast<int>(hosts.size()) < count) {
    auto host = NetworkNamespace::make();
    if (!host) return tl::unexpected(host.error());
    hosts.push_back(std::move(*host));
  }
  return {};
}

}  // namespace

Machines::Machines(Lan front, Lan back, Lan peers, Servers servers)
    : front_(std::move(front)),
      back_(std::move(back)),
      peers_(std::move(peers)),
      how_(std::move(servers)) {}

Result<void> Machines::wire() {
  const auto hosts = make_hosts(etcd_hosts_, count)
                         .and_then([&] { return make_hosts(server_hosts_, count); })
                         .and_then([&] { return make_hosts(writer_hosts_, count); })
                         .and_then([&] { return make_hosts(balancer_host_, 1); });
  if (!hosts) return hosts;
  Result<void> joined = front_.join(balancer_host_[0], "front", front_address(100));
  for (int i = 0; joined && i < count; ++i) {
    const auto index = static_cast<std::size_t>(i);
    const NetworkNamespace& etcd = etcd_hosts_[index];
    const NetworkNamespace& server = server_hosts_[index];
    joined = front_.join(server, "front", front_address(11 + i))
                 .and_then([&] {
                   return front_.join(writer_hosts_[index], "front", front_address(21 + i));
                 })
                 .and_then([&] { return back_.join(etcd, "back", etcd_address(i)); });
    if (!joined || i == 0) continue;
    joined = back_.join(server, "back", server_back_address(i)).and_then([&] {
      return peers_.join(etcd, "peers", peer_address(i));
    });
  }
  if (!joined) return joined;
  auto server_cable = BadCable::lay(back_, server_hosts_[0], "back", server_back_address(0));
  if (!server_cable) return tl::unexpected(server_cable.error());
  server_cable_ = std::move(*server_cable);
  auto etcd_cable = BadCable::lay(peers_, etcd_hosts_[0], "peers", peer_address(0));
  if (!etcd_cable) return tl::unexpected(etcd_cable.error());
  etcd_cable_ = std::move(*etcd_cable);
  return {};
}

void Machines::pull_etcd(int number) {
  back_.pull(etcd_address(number));
  if (number == 0) return etcd_cable_->set(0, 100, 0);
  peers_.pull(peer_address(number));
}

void Machines::plug_etcd(int number) {
  back_.plug(etcd_address(number));
  if (number == 0) return etcd_cable_->set(0, 0, 0);
  peers_.plug(peer_address(number));
}

Result<std::unique_ptr<Machines>> Machines::start(const Servers& servers) {
  std::vector<Lan> lans;
  for (int i = 0; i < 3; ++i) {
    auto lan = Lan::make();
    if (!lan) return tl::unexpected(lan.error());
    lans.push_back(std::move(*lan));
  }
  std::unique_ptr<Machines> machines(
      new Machines(std::move(lans[0]), std::move(lans[1]), std::move(lans[2]), servers));
  if (const auto wired = machines->wire(); !wired) return tl::unexpected(wired.error());

  machines->etcds_.resize(count);
  machines->servers_.resize(count);
  for (int i = 0; i < count; ++i) machines->start_etcd(i);
  std::vector<std::string> addresses;
  for (int i = 0; i < count; ++i) {
    machines->start_server(i);
    addresses.push_back("LASTWORD_SERVER_" + std::to_string(i + 1) + "=" + front_address(11 + i) +
                        ":1050");
  }
  const bool is_whole = eventually([&] {
    for (int i = 0; i < count; ++i) {
      if (machines->server(i).err().find(" listening ") == std::string::npos) return false;
    }
    return machines->etcd_is_whole();
  });
  if (!is_whole) throw std::runtime_error("the machines don't start: " + machines->last_words());
  // Last: its checks find all servers up, and no writer is turned away for a start.
  machines->balancer_ = std::make_unique<Process>(
      machines->balancer_host_[0].command({"haproxy", "-db", "-f", LASTWORD_HAPROXY_CFG}),
      addresses);
  return machines;
}

std::vector<const NetworkNamespace*> Machines::writers() const {
  std::vector<const NetworkNamespace*> hosts;
  for (const NetworkNamespace& host : writer_hosts_) hosts.push_back(&host);
  return hosts;
}

void Machines::start_etcd(int number) {
  std::string all;
  for (int i = 0; i < count; ++i) {
    all += (i == 0 ? "etcd" : ",etcd") + std::to_string(i) + "=http://" + peer_address(i) + ":2380";
  }
  const std::string name = "etcd" + std::to_string(number);
  const std::string client = "http://" + etcd_address(number) + ":2379";
  const std::string peer = "http://" + peer_address(number) + ":2380";
  const auto index = static_cast<std::size_t>(number);
  etcds_[index] = std::make_unique<Process>(etcd_hosts_[index].command(
      {"etcd", "--name", name, "--data-dir", folder_.file(name), "--listen-client-urls", client,
       "--advertise-client-urls", client, "--listen-peer-urls", peer,
       "--initial-advertise-peer-urls", peer, "--initial-cluster", all, "--log-level", "error"}));
}

void Machines::kill_etcd(int number) {
  Process& etcd = *etcds_.at(static_cast<std::size_t>(number));
  etcd.signal(SIGKILL);
  etcd.wait();
}

std::string Machines::etcd_addresses(int first) const {
  std::string all;
  for (int i = 0; i < count; ++i) {
    all += (i == 0 ? "" : ",") + etcd_address((first + i) % count) + ":2379";
  }
  return all;
}

void Machines::start_server(int number) {
  const auto index = static_cast<std::size_t>(number);
  // Each asks another member first.
  servers_[index] = std::make_unique<Process>(server_hosts_[index].command(
      {how_.program, "--slot", "etcd:" + etcd_addresses(number) + "/lastword", "--slot-timeout",
       how_.slot_timeout, "--wait-for-slot", "30s", "--hold", "50ms", "--scope", how_.scope}));
}

std::optional<std::string> Machines::ask_etcd(int number, std::vector<std::string> words) const {
  words.insert(words.begin(), {"etcdctl", "--endpoints", etcd_address(number) + ":2379",
                               "--dial-timeout", "500ms", "--command-timeout", "1s"});
  const Finished asked =
      run(etcd_hosts_[static_cast<std::size_t>(number)].command(words), {"ETCDCTL_API=3"});
  if (asked.exit.code != 0) return std::nullopt;
  return asked.out;
}

std::optional<int> Machines::etcd_leader() const {
  for (int i = 0; i < count; ++i) {
    const auto status = ask_etcd(i, {"endpoint", "status", "--write-out", "json"});
    const auto parsed = nlohmann::json::parse(status.value_or(""), nullptr, false);
    if (!parsed.is_array() || parsed.empty()) continue;
    const auto& about = parsed[0].at("Status");
    if (about.at("leader") == about.at("header").at("member_id")) return i;
  }
  return std::nullopt;
}

bool Machines::etcd_is_whole() const {
  for (int i = 0; i < count; ++i) {
    if (!ask_etcd(i, {"get", "whatever"})) return false;
  }
  return true;
}

std::string Machines::last_words() const {
  std::string words;
  const auto add = [&](const std::string& who, const std::unique_ptr<Process>& process) {
    if (!process) return;
    const std::string err = process->err();
    words += who + ":\n" + err.substr(err.size() > 1500 ? err.size() - 1500 : 0) + "\n";
  };
  for (std::size_t i = 0; i < count; ++i) {
    add("etcd " + std::to_string(i), etcds_[i]);
    add("server " + std::to_string(i), servers_[i]);
  }
  add("haproxy", balancer_);
  return words;
}

}  // namespace lastword::test
