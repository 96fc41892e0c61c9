#pragma once

#include <string>
#include <vector>

#include "net/error.h"

namespace lastword::test {

/// A network namespace with its own loopback: a host of its own, gone at the end.
class NetworkNamespace {
 public:
  /// The error says why this machine permits none.
  static Result<NetworkNamespace> make();

  NetworkNamespace(NetworkNamespace&& other) noexcept : name_(std::move(other.name_)) {
    other.name_.clear();
  }
  NetworkNamespace& operator=(NetworkNamespace&&) = delete;
  ~NetworkNamespace();

  const std::string& name() const { return name_; }

  /// The command that runs `argv` on that host.
  std::vector<std::string> command(const std::vector<std::string>& argv) const;

  /// Puts the calling thread on that host; what it opens from now on is there.
  Result<void> enter() const;

 private:
  explicit NetworkNamespace(std::string name) : name_(std::move(name)) {}
  std::string name_;
};

/// Runs `ip` with these words and gives whether it succeeded.
bool ip(const std::vector<std::string>& words);

}  // namespace lastword::test
