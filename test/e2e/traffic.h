#pragma once

#include <atomic>
#include <cstdint>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "history/history.h"
#include "net/endpoint.h"
#include "support/network_namespace.h"
#include "support/process.h"

namespace lastword::test {

/// How the sessions of a history ended.
struct Outcomes {
  std::size_t replied = 0;
  std::size_t others = 0;  ///< of the replied, those with another writer's words
  std::size_t refused = 0;
  std::size_t unknown = 0;
};
Outcomes outcomes_of(const History& history);

/// Writers on several hosts, each of whom sends one message after the other to `target`, no two of
/// them alike, and writes down what came of it; from the constructor to stop().
class Traffic {
 public:
  /// `first_number` is that of the first session; the hosts must outlive this.
  Traffic(const std::vector<const NetworkNamespace*>& hosts, int writers_each, Endpoint target,
          std::uint64_t first_number);
  ~Traffic() { stop(); }

  /// Lets the sessions under way end. Gives all of them; once.
  std::vector<SessionRecord> stop();

  std::size_t replied() const { return replied_; }
  /// Of the session that would be the next.
  std::uint64_t next_number() const { return next_number_; }

 private:
  void write(const NetworkNamespace& host);
  SessionRecord converse(std::uint64_t number) const;

  const Endpoint target_;
  std::atomic<std::uint64_t> next_number_;
  std::atomic<std::size_t> replied_{0};
  std::atomic<bool> stopping_{false};
  std::mutex mutex_;
  std::vector<SessionRecord> sessions_;  // guarded by mutex_
  std::vector<std::thread> writers_;
};

}  // namespace lastword::test
