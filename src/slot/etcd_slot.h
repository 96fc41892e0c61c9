#pragma once

#include <array>
#include <chrono>
#include <condition_variable>
#include <memory>
#include <mutex>
#include <string>
#include <thread>

#include "net/error.h"
#include "slot/combiner.h"
#include "slot/etcd_client.h"
#include "slot/etcd_turns.h"
#include "slot/slot.h"

namespace lastword {

/// The slot in a key of an etcd cluster, which any number of servers on any number of machines
/// share. The key's value is the message, without its terminator; no key is the empty message.
///
/// - An access is done by a call of etcd; see Combiner for how few calls there are, and why the
///   slot is linearizable (SPEC 3.4).
/// - A put is sent at least `gather` after the one before it, a read likewise: a server asks etcd
///   for at most 400 things a second, however many writers it has.
/// - A store whose put was not answered is `unknown`, and its put is never sent again.
/// - While etcd can't be reached, accesses fail (SPEC 5.4): within two timeouts, since one that
///   comes while a call is under way waits for the next. When it is back they succeed again.
/// - In session scope see EtcdTurns.
///
/// Three threads: for puts, for reads, and for the turn; each has a connection of its own.
class EtcdSlot final : public Slot {
 public:
  EtcdSlot(const EtcdOptions& options, const std::string& key);
  /// Every session must have ended. Takes up to two timeouts where a call is under way.
  ~EtcdSlot() override;

  void store(Access& access) override;
  void load(Access& access) override;
  void give_up(Access& access) override;
  std::unique_ptr<Turn> enter(Completion& completion) override { return turns_.enter(completion); }

 private:
  static constexpr auto gather = std::chrono::milliseconds(5);

  void put_for_stores();
  void read_for_loads();

  const EtcdOptions options_;
  const std::string key_;
  EtcdTurns turns_;

  // Two locks: sessions whose stores are done come back for their loads while others are still
  // being told of theirs.
  std::mutex stores_mutex_;
  std::mutex loads_mutex_;
  std::condition_variable wants_put_;
  std::condition_variable wants_read_;
  Combiner combiner_;      // stores guarded by stores_mutex_, loads by loads_mutex_
  bool stopping_ = false;  // guarded by both

  std::array<std::thread, 2> threads_;
};

/// Opens the slot once etcd has answered a first read, for which it waits at most `wait`, but one
/// timeout at least.
Result<std::unique_ptr<EtcdSlot>> open_etcd_slot(const EtcdOptions& options, const std::string& key,
                                                 std::chrono::nanoseconds wait);

}  // namespace lastword
