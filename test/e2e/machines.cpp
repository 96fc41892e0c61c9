#include "e2e/machines.h"

#include <signal.h>

#include <nlohmann/json.hpp>

namespace lastword::test {
namespace {

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

Machines::Machines(Lan front, Lan back, std::string server, std::string scope)
    : front_(std::move(front)),
      back_(std::move(back)),
      server_program_(std::move(server)),
      scope_(std::move(scope)) {}

Result<void> Machines::wire() {
  const auto hosts = make_hosts(etcd_hosts_, count)
                         .and_then([&] { return make_hosts(server_hosts_, count); })
                         .and_then([&] { return make_hosts(writer_hosts_, count); })
                         .and_then([&] { return make_hosts(balancer_host_, 1); });
  if (!hosts) return hosts;
  for (int i = 0; i < count; ++i) {
    const auto index = static_cast<std::size_t>(i);
    auto joined =
        front_.join(server_hosts_[index], "front", front_address(11 + i))
            .and_then(
                [&] { return front_.join(writer_hosts_[index], "front", front_address(21 + i)); })
            .and_then([&] { return back_.join(etcd_hosts_[index], "back", etcd_address(i)); });
    if (joined && i > 0) {
      joined = back_.join(server_hosts_[index], "back", "10.247.54." + std::to_string(11 + i));
    }
    if (!joined) return joined;
  }
  auto cable = BadCable::lay(back_, server_hosts_[0], "back", "10.247.54.11");
  if (!cable) return tl::unexpected(cable.error());
  cable_ = std::move(*cable);
  return front_.join(balancer_host_[0], "front", front_address(100));
}

Result<std::unique_ptr<Machines>> Machines::start(const std::string& server,
                                                  const std::string& scope) {
  auto front = Lan::make();
  if (!front) return tl::unexpected(front.error());
  auto back = Lan::make();
  if (!back) return tl::unexpected(back.error());
  std::unique_ptr<Machines> machines(
      new Machines(std::move(*front), std::move(*back), server, scope));
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
    all += (i == 0 ? "etcd" : ",etcd") + std::to_string(i) + "=http://" + etcd_address(i) + ":2380";
  }
  const std::string name = "etcd" + std::to_string(number);
  const std::string client = "http://" + etcd_address(number) + ":2379";
  const std::string peer = "http://" + etcd_address(number) + ":2380";
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
      {server_program_, "--slot", "etcd:" + etcd_addresses(number) + "/lastword", "--slot-timeout",
       "1s", "--wait-for-slot", "30s", "--hold", "50ms", "--scope", scope_}));
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
