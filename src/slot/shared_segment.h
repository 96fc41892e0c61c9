#pragma once

#include <pthread.h>

#include <array>
#include <atomic>
#include <cstdint>
#include <optional>
#include <string>

#include "net/error.h"
#include "net/fd.h"
#include "protocol/message.h"

namespace lastword {

/// What lies in the shared memory, the same for every process that maps it. Whatever changes here
/// changes `version`.
struct SharedLayout {
  static constexpr std::array<char, 8> expected_magic{'l', 'a', 's', 't', 'w', 'o', 'r', 'd'};
  static constexpr std::uint32_t expected_version = 1;

  std::array<char, 8> magic = expected_magic;
  std::uint32_t version = expected_version;
  std::uint32_t size = sizeof(SharedLayout);
  pthread_mutex_t lock;  ///< robust, process-shared; guards what follows
  /// The messages lie in two copies, of which `current` names the one that counts. A store writes
  /// the other one and then flips `current`: whoever is killed on the way leaves a whole message.
  std::atomic<std::uint32_t> current{0};
  std::array<std::array<char, Message::stored_size>, 2> copies{};
  /// Given to a process that asked for the turn of session scope; it may be read without the lock.
  std::atomic<std::uint64_t> last_ticket{0};
};
static_assert(std::atomic<std::uint64_t>::is_always_lock_free);

/// The message that counts; nothing where what lies there was never stored: it is damaged. Under
/// the lock only.
std::optional<Message> current_message(const SharedLayout& layout);

/// Makes `message` the one that counts, in one instant. Under the lock only.
void replace_message(SharedLayout& layout, const Message& message);

/// What to do where there is no shared memory of a name.
enum class IfMissing { create, fail };

/// POSIX shared memory, verified and mapped: SharedLayout. Safe from any thread.
class SharedSegment {
 public:
  /// Opens `name`, a file name below /dev/shm. A segment appears there whole or not at all, though
  /// several processes create it at once or are killed meanwhile. One that is not this user's own,
  /// with mode 0600, of this layout and undamaged is an error, and left as it is.
  static Result<SharedSegment> open(const std::string& name, IfMissing missing);

  SharedSegment(SharedSegment&& other) noexcept;
  SharedSegment& operator=(SharedSegment&&) = delete;
  ~SharedSegment();

  SharedLayout& layout() const { return *layout_; }
  int fd() const { return fd_.get(); }

 private:
  SharedSegment(Fd fd, SharedLayout* layout) : fd_(std::move(fd)), layout_(layout) {}

  Fd fd_;
  SharedLayout* layout_;
};

/// The critical section that all processes share, as long as this lives. If its last holder died
/// inside, there is nothing to repair: see SharedLayout.
///
/// A process that is stopped inside (SIGSTOP, a debugger) holds the others up until it goes on.
class SharedLock {
 public:
  explicit SharedLock(SharedLayout& layout);
  SharedLock(const SharedLock&) = delete;
  SharedLock& operator=(const SharedLock&) = delete;
  ~SharedLock();

  /// Whether it is held: not where somebody has damaged it.
  explicit operator bool() const { return held_; }

 private:
  pthread_mutex_t& lock_;
  bool held_;
};

}  // namespace lastword
