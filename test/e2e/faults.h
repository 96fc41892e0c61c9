#pragma once

#include <cstdint>
#include <memory>
#include <random>
#include <string>
#include <vector>

#include "e2e/machines.h"
#include "e2e/traffic.h"
#include "history/verdict.h"

namespace lastword::test {

/// What is done to machines while writers write. It leaves them whole, or about to be.
struct Fault {
  std::string name;
  std::string scope;  ///< of the servers
  void (*strike)(Machines& machines, std::mt19937& random);
  friend std::ostream& operator<<(std::ostream& out, const Fault& fault) {
    return out << fault.name;
  }
};

const std::vector<Fault>& all_faults();
const Fault& fault_named(const std::string& name);

/// Machines, the traffic on them, and one fault, again and again. One history of it all: a message
/// that is late from one run is judged in the next.
class Trial {
 public:
  static constexpr int writers_each = 16;  ///< on each of the writers' machines

  /// The error says why this machine can't have the machines.
  static Result<std::unique_ptr<Trial>> begin(const Fault& fault, const std::string& server);

  /// Traffic, the fault, and traffic until all serve again. What was wrong, in words; or nothing.
  std::string run(std::uint32_t seed);

  const History& history() const { return history_; }

 private:
  Trial(const Fault& fault, std::unique_ptr<Machines> machines)
      : fault_(fault), machines_(std::move(machines)) {}

  const Fault& fault_;
  std::unique_ptr<Machines> machines_;
  History history_;
  std::uint64_t next_number_ = 1;
};

}  // namespace lastword::test
