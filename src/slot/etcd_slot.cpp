#include "slot/etcd_slot.h"

#include "slot/etcd_requests.h"
#include "slot/etcd_value.h"
#include "slot/quiet_thread.h"

namespace lastword {

EtcdSlot::EtcdSlot(const EtcdOptions& options, const std::string& key)
    : options_(options),
      key_(key),
      turns_(options, key),
      threads_{quiet_thread([this] { put_for_stores(); }),
               quiet_thread([this] { read_for_loads(); })} {}

EtcdSlot::~EtcdSlot() {
  {
    const std::scoped_lock lock(stores_mutex_, loads_mutex_);
    stopping_ = true;
  }
  wants_put_.notify_one();
  wants_read_.notify_one();
  for (std::thread& thread : threads_) thread.join();
}

void EtcdSlot::store(Access& access) {
  if (access.turn != nullptr) return turns_.store(access);
  const std::lock_guard lock(stores_mutex_);
  combiner_.store(access);
  wants_put_.notify_one();
}

void EtcdSlot::load(Access& access) {
  if (access.turn != nullptr) return turns_.load(access);
  const std::lock_guard lock(loads_mutex_);
  combiner_.load(access);
  wants_read_.notify_one();
}

void EtcdSlot::give_up(Access& access) {
  if (access.turn != nullptr) return turns_.give_up(access);
  const std::scoped_lock lock(stores_mutex_, loads_mutex_);
  combiner_.give_up(access);
}

void EtcdSlot::put_for_stores() {
  EtcdClient client(options_);
  std::unique_lock lock(stores_mutex_);
  for (;;) {
    wants_put_.wait(lock, [this] { return combiner_.wants_put() || stopping_; });
    if (stopping_) return;
    const Message message = combiner_.begin_put();
    lock.unlock();
    const auto next = std::chrono::steady_clock::now() + gather;
    const auto answer = etcd::put(client, key_, message.text());
    lock.lock();
    combiner_.end_put(answer ? std::nullopt : std::optional(refusal_of_store(answer.error())));
    lock.unlock();
    std::this_thread::sleep_until(next);
    lock.lock();
  }
}

void EtcdSlot::read_for_loads() {
  EtcdClient client(options_);
  std::unique_lock lock(loads_mutex_);
  for (;;) {
    wants_read_.wait(lock, [this] { return combiner_.wants_read() || stopping_; });
    if (stopping_) return;
    combiner_.begin_read();
    lock.unlock();
    const auto next = std::chrono::steady_clock::now() + gather;
    const auto value = etcd::get(client, key_);
    lock.lock();
    combiner_.end_read(value ? message_of_value(*value) : std::nullopt);
    lock.unlock();
    std::this_thread::sleep_until(next);
    lock.lock();
  }
}

Result<std::unique_ptr<EtcdSlot>> open_etcd_slot(const EtcdOptions& options, const std::string& key,
                                                 std::chrono::nanoseconds wait) {
  const auto deadline = std::chrono::steady_clock::now() + wait;
  std::string trouble;
  const auto ask_until_answered = [&] {
    EtcdClient client(options);
    for (;;) {
      const auto value = etcd::get(client, key);
      if (value && !message_of_value(*value)) {
        trouble = "the key '" + key + "' holds what is no message";
      } else {
        trouble = value ? "" : value.error().text;
      }
      if (value || std::chrono::steady_clock::now() >= deadline) return;
    }
  };
  quiet_thread(ask_until_answered).join();
  if (!trouble.empty()) {
    return failure("cannot use the slot: " + trouble + " (--wait-for-slot waits until it can)");
  }
  return std::make_unique<EtcdSlot>(options, key);
}

}  // namespace lastword
