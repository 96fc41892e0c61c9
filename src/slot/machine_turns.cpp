#include "slot/machine_turns.h"

#include <fcntl.h>

#include <atomic>
#include <cerrno>
#include <exception>
#include <mutex>
#include <optional>
#include <thread>

namespace lastword {
namespace {

// These locks belong to the open file, so each SharedSegment is a party of its own, and threads
// may hand them to one another.

struct flock bytes(short type, std::uint64_t first, std::uint64_t count) {
  struct flock range {};
  range.l_type = type;
  range.l_whence = SEEK_SET;
  range.l_start = static_cast<off_t>(first);
  range.l_len = static_cast<off_t>(count);
  return range;
}

bool lock_byte(int fd, std::uint64_t ticket) {
  auto own = bytes(F_WRLCK, ticket, 1);
  return fcntl(fd, F_OFD_SETLK, &own) == 0;
}

void unlock(int fd, std::uint64_t first, std::uint64_t count) {
  auto range = bytes(F_UNLCK, first, count);
  fcntl(fd, F_OFD_SETLK, &range);
}

/// Whether nobody has an earlier ticket; nothing where the kernel won't say. Tickets begin with 1.
std::optional<bool> is_first(int fd, std::uint64_t ticket) {
  if (ticket == 1) return true;
  auto earlier = bytes(F_RDLCK, 1, ticket - 1);
  if (fcntl(fd, F_OFD_GETLK, &earlier) != 0) return std::nullopt;
  return earlier.l_type == F_UNLCK;
}

/// Blocks until nobody has an earlier ticket; false where the kernel refuses.
bool wait_until_first(int fd, std::uint64_t ticket) {
  int result = 0;
  do {
    auto earlier = bytes(F_RDLCK, 1, ticket - 1);
    result = fcntl(fd, F_OFD_SETLKW, &earlier);
  } while (result != 0 && errno == EINTR);
  if (result != 0) return false;
  unlock(fd, 1, ticket - 1);
  return true;
}

}  // namespace

/// The thread that blocks where no session may. It keeps what it uses, since it may still be
/// blocked when the slot is gone.
struct MachineTurns::Waiter {
  static constexpr std::uint64_t nothing = 0;
  static constexpr std::uint64_t stop = ~nothing;

  void run() {
    for (;;) {
      asked.wait(nothing);
      const std::uint64_t ticket = asked.exchange(nothing);
      if (ticket == stop) return;
      const bool granted = wait_until_first(segment->fd(), ticket);
      const std::lock_guard lock(mutex);
      if (asker == nullptr) return;
      if (!granted) unlock(segment->fd(), ticket, 1);
      asker->answer(granted);
    }
  }

  std::shared_ptr<SharedSegment> segment;
  std::atomic<std::uint64_t> asked{nothing};  // the ticket to wait for
  std::mutex mutex;                           // held while the asker is told
  OuterTurns* asker = nullptr;                // guarded by mutex; null once the slot is gone
};

MachineTurns::MachineTurns(std::shared_ptr<SharedSegment> segment) : segment_(std::move(segment)) {}

MachineTurns::~MachineTurns() {
  if (waiter_ == nullptr) return;
  {
    const std::lock_guard lock(waiter_->mutex);
    waiter_->asker = nullptr;
  }
  unlock(segment_->fd(), ticket_, 1);
  waiter_->asked = Waiter::stop;
  waiter_->asked.notify_one();
}

OuterLock::Answer MachineTurns::ask(OuterTurns& asker) noexcept {
  {
    // The byte is locked before anybody gets a later ticket.
    const SharedLock lock(segment_->layout());
    if (!lock) return Answer::refused;
    ticket_ = ++segment_->layout().last_ticket;
    if (!lock_byte(segment_->fd(), ticket_)) return Answer::refused;
  }
  const auto first = is_first(segment_->fd(), ticket_);
  if (first && *first) return Answer::granted;
  if (!first || !start_waiter(asker)) {
    release();
    return Answer::refused;
  }
  waiter_->asked = ticket_;
  waiter_->asked.notify_one();
  return Answer::later;
}

bool MachineTurns::is_mine_alone() const noexcept {
  return segment_->layout().last_ticket == ticket_;
}

void MachineTurns::release() noexcept { unlock(segment_->fd(), ticket_, 1); }

bool MachineTurns::start_waiter(OuterTurns& asker) noexcept {
  if (waiter_ != nullptr) return true;
  try {
    auto waiter = std::make_shared<Waiter>();
    waiter->segment = segment_;
    waiter->asker = &asker;
    std::thread([waiter] { waiter->run(); }).detach();
    waiter_ = std::move(waiter);
    return true;
  } catch (const std::exception&) {  // out of threads or memory
    return false;
  }
}

}  // namespace lastword
