#pragma once

#include <functional>
#include <string>
#include <thread>

#include "net/fd.h"

namespace lastword::test {

/// A server on a free port of 127.0.0.1 that does with each connection, one after the other, what a
/// test says. Ends, and waits for that, when it goes.
class ScriptedServer {
 public:
  /// `serve` is given the connection and what was received first; the connection is closed behind
  /// it.
  using Serve = std::function<void(int fd, const std::string& received)>;
  explicit ScriptedServer(Serve serve);
  ScriptedServer(const ScriptedServer&) = delete;
  ScriptedServer& operator=(const ScriptedServer&) = delete;
  ~ScriptedServer();

  std::string target() const { return "127.0.0.1:" + std::to_string(port_); }

 private:
  void run(const Serve& serve) const;

  Fd listener_;
  int port_ = 0;
  std::thread thread_;
};

}  // namespace lastword::test
