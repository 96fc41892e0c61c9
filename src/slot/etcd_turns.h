#pragma once

#include <chrono>
#include <condition_variable>
#include <memory>
#include <mutex>
#include <string>
#include <thread>

#include "slot/etcd_client.h"
#include "slot/etcd_requests.h"
#include "slot/outer_turns.h"

namespace lastword {

/// The turn of session scope for all servers that share a slot in etcd, and the accesses made in it
/// (SPEC 3.3). A server that has sessions waiting creates a key that goes with its lease; the key
/// that was created first has the turn. The lease is kept alive meanwhile: a server that dies, or
/// is cut off for longer than time_to_live(), loses its turn.
///
/// It fences: every store and load of a turn is a transaction that compares the revision of the
/// turn's key, so none takes effect once the turn is lost, however late it arrives. A store is then
/// `not_stored`, a load `unread`. So whoever has the turn gets its own words back, or is refused.
///
/// One thread, which sleeps while nobody wants a turn. Safe from any thread.
class EtcdTurns final : private OuterLock {
 public:
  /// `key` is the slot's; the turns' keys begin with "KEY/turn/".
  EtcdTurns(const EtcdOptions& options, const std::string& key);
  /// All turns must have ended. Takes up to two calls' timeouts.
  ~EtcdTurns();

  /// See Slot. The accesses are those with a turn.
  std::unique_ptr<Turn> enter(Completion& completion) { return turns_.enter(completion); }
  void store(Access& access) { begin(access, true); }
  void load(Access& access) { begin(access, false); }
  void give_up(Access& access);

  /// Five timeouts of a call, so that one that is slow does not cost the turn; 2 s at least, which
  /// is the least that etcd grants.
  static std::chrono::seconds time_to_live(std::chrono::nanoseconds timeout);

 private:
  using Clock = std::chrono::steady_clock;

  Answer ask(OuterTurns& asker) noexcept override;
  void release() noexcept override;
  void begin(Access& access, bool is_store);

  // The thread's.
  void run();
  bool acquire();
  bool wait_until_first();
  void serve_holder();
  void perform(std::unique_lock<std::mutex>& lock);
  std::optional<Refusal> store_guarded(const Message& message);
  std::optional<Refusal> load_guarded(Message& message);
  void let_go();
  bool has_lease();
  bool renew();

  const std::string slot_key_;
  const std::string prefix_;  // of the turns' keys
  const std::chrono::seconds time_to_live_;
  OuterTurns turns_{*this};

  // Only the thread's.
  EtcdClient client_;
  std::int64_t lease_ = 0;    // 0: none
  bool is_doubtful_ = false;  // a key of the lease may still come or go
  Clock::time_point renewal_due_;
  etcd::Guard mine_;  // the key of this turn; a revision of 0: none

  std::mutex mutex_;
  std::condition_variable changed_;
  // Guarded by mutex_.
  bool asked_ = false;
  bool released_ = false;
  bool stopping_ = false;
  Access* wanted_ = nullptr;  // at most one: of the session that has the turn
  Access* in_flight_ = nullptr;
  bool is_store_ = false;  // what `wanted_` or `in_flight_` is

  std::thread thread_;
};

}  // namespace lastword
