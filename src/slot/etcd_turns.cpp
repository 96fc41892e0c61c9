#include "slot/etcd_turns.h"

#include <fmt/format.h>

#include <algorithm>
#include <cassert>

#include "slot/etcd_value.h"
#include "slot/quiet_thread.h"

namespace lastword {
namespace {

using namespace std::chrono_literals;

/// How often a server looks whether its turn has come: it adds half of this to a turn's wait, and
/// one read per waiting server and interval to etcd's load.
constexpr auto poll_interval = 20ms;

}  // namespace

EtcdTurns::EtcdTurns(const EtcdOptions& options, const std::string& key)
    : slot_key_(key),
      prefix_(key + "/turn/"),
      time_to_live_(time_to_live(options.timeout)),
      client_(options),
      thread_(quiet_thread([this] { run(); })) {}

EtcdTurns::~EtcdTurns() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  changed_.notify_one();
  thread_.join();
}

std::chrono::seconds EtcdTurns::time_to_live(std::chrono::nanoseconds timeout) {
  return std::max(std::chrono::ceil<std::chrono::seconds>(5 * timeout), 2s);
}

OuterLock::Answer EtcdTurns::ask(OuterTurns&) noexcept {
  const std::lock_guard lock(mutex_);
  asked_ = true;
  changed_.notify_one();
  return Answer::later;
}

void EtcdTurns::release() noexcept {
  const std::lock_guard lock(mutex_);
  released_ = true;
  changed_.notify_one();
}

void EtcdTurns::begin(Access& access, bool is_store) {
  const std::lock_guard lock(mutex_);
  assert(wanted_ == nullptr && !released_);
  wanted_ = &access;
  is_store_ = is_store;
  changed_.notify_one();
}

void EtcdTurns::give_up(Access& access) {
  const std::lock_guard lock(mutex_);
  if (wanted_ == &access) {
    access.refusal = is_store_ ? Refusal::not_stored : Refusal::unread;
    wanted_ = nullptr;
  } else if (in_flight_ == &access) {
    access.refusal = is_store_ ? Refusal::unknown : Refusal::unread;
    in_flight_ = nullptr;
  }
}

void EtcdTurns::run() {
  for (;;) {
    {
      std::unique_lock lock(mutex_);
      changed_.wait(lock, [this] { return asked_ || stopping_; });
      if (stopping_ && !asked_) return;
      asked_ = false;
      released_ = false;
    }
    const bool is_granted = acquire();
    turns_.answer(is_granted);
    if (is_granted) serve_holder();
    let_go();
  }
}

bool EtcdTurns::acquire() {
  // A second time where the lease had ended: the server had been asleep, or cut off.
  for (int attempt = 0; attempt < 2; ++attempt) {
    if (!has_lease()) return false;
    mine_.key = fmt::format("{}{:x}", prefix_, lease_);
    const auto created = etcd::create(client_, mine_.key, lease_);
    if (created) {
      mine_.revision = *created;
      if (wait_until_first()) return true;
    } else {
      is_doubtful_ = created.error().may_have_happened;
      if (!created.error().is_final) return false;
      lease_ = 0;
    }
    if (lease_ != 0) return false;
  }
  return false;
}

/// Waits for those who came before. False where the lease has ended, which is then 0, or where etcd
/// can't be reached, or the slot goes away.
bool EtcdTurns::wait_until_first() {
  for (;;) {
    const auto first = etcd::first_of(client_, prefix_);
    if (!first) {
      is_doubtful_ = true;  // no use in asking etcd to remove the key first
      return false;
    }
    if (*first && (*first)->key == mine_.key && (*first)->revision == mine_.revision) return true;
    if (Clock::now() >= renewal_due_ && !renew()) return false;
    std::unique_lock lock(mutex_);
    if (changed_.wait_for(lock, poll_interval, [this] { return stopping_; })) return false;
  }
}

/// Until the turn's session has left. Its lease is kept alive; where that fails the session is not
/// disturbed: its next access will be refused.
void EtcdTurns::serve_holder() {
  std::unique_lock lock(mutex_);
  while (!released_) {
    const auto is_called = [this] { return released_ || wanted_ != nullptr; };
    if (lease_ == 0) {
      changed_.wait(lock, is_called);
    } else if (!changed_.wait_until(lock, renewal_due_, is_called)) {
      lock.unlock();
      renew();
      lock.lock();
    }
    if (wanted_ != nullptr) perform(lock);
  }
}

void EtcdTurns::perform(std::unique_lock<std::mutex>& lock) {
  in_flight_ = std::exchange(wanted_, nullptr);
  Message message = in_flight_->message;
  const bool is_store = is_store_;
  lock.unlock();
  const auto refusal = is_store ? store_guarded(message) : load_guarded(message);
  lock.lock();
  if (in_flight_ == nullptr) return;  // given up
  in_flight_->message = message;
  in_flight_->refusal = refusal;
  std::exchange(in_flight_, nullptr)->completion.set();
}

std::optional<Refusal> EtcdTurns::store_guarded(const Message& message) {
  const auto is_stored = etcd::put_guarded(client_, mine_, slot_key_, message.text());
  if (!is_stored) return refusal_of_store(is_stored.error());
  if (!*is_stored) return Refusal::not_stored;
  return std::nullopt;
}

std::optional<Refusal> EtcdTurns::load_guarded(Message& message) {
  const auto seen = etcd::get_guarded(client_, mine_, slot_key_);
  if (!seen || !seen->is_guarded) return Refusal::unread;
  const auto loaded = message_of_value(seen->value);
  if (!loaded) return Refusal::unread;
  message = *loaded;
  return std::nullopt;
}

/// Ends the turn, or the wait for it. What may still come of it goes with the lease: a key that is
/// created late would otherwise keep everybody waiting for as long as this server lives.
void EtcdTurns::let_go() {
  if (lease_ != 0 && !is_doubtful_ && mine_.revision != 0) {
    is_doubtful_ = !etcd::remove(client_, mine_.key);
  }
  mine_ = {};
  if (lease_ != 0 && is_doubtful_) {
    etcd::revoke_lease(client_, lease_);  // or else it ends by itself
    lease_ = 0;
  }
  is_doubtful_ = false;
}

bool EtcdTurns::has_lease() {
  if (lease_ != 0 && Clock::now() >= renewal_due_ && !renew() && lease_ != 0) return false;
  if (lease_ != 0) return true;
  const auto granted = etcd::grant_lease(client_, time_to_live_);
  if (!granted) return false;
  lease_ = *granted;
  renewal_due_ = Clock::now() + time_to_live_ / 4;
  return true;
}

/// False where the lease has ended, which is then 0, or where etcd can't be reached.
bool EtcdTurns::renew() {
  const auto is_alive = etcd::keep_alive(client_, lease_);
  renewal_due_ = Clock::now() + time_to_live_ / 4;
  if (is_alive && !*is_alive) lease_ = 0;
  return is_alive && *is_alive;
}

}  // namespace lastword
