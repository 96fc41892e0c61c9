#include "bench/scripted_server.h"

#include <netinet/in.h>
#include <sys/socket.h>

#include <array>
#include <stdexcept>

namespace lastword::test {

ScriptedServer::ScriptedServer(Serve serve) : listener_(socket(AF_INET, SOCK_STREAM, 0)) {
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  auto* raw = reinterpret_cast<sockaddr*>(&address);
  socklen_t size = sizeof address;
  if (bind(listener_.get(), raw, size) != 0 || listen(listener_.get(), 64) != 0 ||
      getsockname(listener_.get(), raw, &size) != 0) {
    throw std::runtime_error("cannot listen");
  }
  port_ = ntohs(address.sin_port);
  thread_ = std::thread([this, serve = std::move(serve)] { run(serve); });
}

ScriptedServer::~ScriptedServer() {
  shutdown(listener_.get(), SHUT_RDWR);  // ends accept()
  thread_.join();
}

void ScriptedServer::run(const Serve& serve) const {
  for (;;) {
    const Fd connection(accept(listener_.get(), nullptr, nullptr));
    if (!connection) return;
    std::array<char, 100> buffer{};
    const auto got = recv(connection.get(), buffer.data(), buffer.size(), 0);
    if (got > 0) serve(connection.get(), {buffer.data(), static_cast<std::size_t>(got)});
  }
}

}  // namespace lastword::test
