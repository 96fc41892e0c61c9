#include "slot/shared_segment.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cassert>
#include <cerrno>
#include <ctime>
#include <new>
#include <utility>

namespace lastword {
namespace {

// Where the C library's shm_open() puts them too (man 7 shm_overview). Used directly, because a
// segment is made without a name and linked here once it is whole.
const std::string folder = "/dev/shm";
constexpr mode_t private_mode = 0600;

std::string path_of(const std::string& name) { return folder + "/" + name; }

tl::unexpected<Error> cannot_use(const std::string& name, const std::string& why) {
  return failure(fmt::format("cannot use shm:{}: {}", name, why));
}

tl::unexpected<Error> not_ours(const std::string& name, const std::string& why) {
  return cannot_use(
      name, fmt::format("{} (left as it is; take another name, or remove {})", why, path_of(name)));
}

void initialise(pthread_mutex_t& lock) {
  pthread_mutexattr_t attributes;
  pthread_mutexattr_init(&attributes);
  pthread_mutexattr_setpshared(&attributes, PTHREAD_PROCESS_SHARED);
  pthread_mutexattr_setrobust(&attributes, PTHREAD_MUTEX_ROBUST);
  const int error = pthread_mutex_init(&lock, &attributes);
  assert(error == 0);
  static_cast<void>(error);
  pthread_mutexattr_destroy(&attributes);
}

SharedLayout* map(int fd) {
  void* memory = mmap(nullptr, sizeof(SharedLayout), PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
  return memory == MAP_FAILED ? nullptr : static_cast<SharedLayout*>(memory);
}

/// A whole segment without a name: should this process die before it has one, nothing is left.
Result<Fd> make_unnamed(const std::string& name) {
  Fd fd(open(folder.c_str(), O_TMPFILE | O_RDWR | O_CLOEXEC, private_mode));
  if (!fd) return cannot_use(name, fmt::format("{}: {}", folder, describe_errno(errno)));
  if (fchmod(fd.get(), private_mode) != 0) return cannot_use(name, describe_errno(errno));
  // Its memory is taken here: later, a full /dev/shm would be a signal in the middle of a store.
  if (const int error = posix_fallocate(fd.get(), 0, sizeof(SharedLayout))) {
    return cannot_use(name, fmt::format("{}: {}", folder, describe_errno(error)));
  }
  SharedLayout* layout = map(fd.get());
  if (layout == nullptr) return cannot_use(name, describe_errno(errno));
  initialise((new (layout) SharedLayout)->lock);
  munmap(layout, sizeof(SharedLayout));
  return fd;
}

/// Whether it is this user's own, and nobody else's to write.
Result<void> verify_owner(const std::string& name, const struct stat& file) {
  if (!S_ISREG(file.st_mode)) return not_ours(name, "it is no shared memory");
  if (file.st_uid != geteuid()) {
    return not_ours(
        name, fmt::format("it belongs to user {}, and this is user {}", file.st_uid, geteuid()));
  }
  if ((file.st_mode & 07777) != private_mode) {
    return not_ours(name, fmt::format("its mode is {:04o} and not {:04o}: others could write to it",
                                      file.st_mode & 07777, private_mode));
  }
  return {};
}

/// Whether the open file may be a segment of ours; it has not been mapped yet.
Result<void> verify_file(const std::string& name, int fd) {
  struct stat file {};
  if (fstat(fd, &file) != 0) return cannot_use(name, describe_errno(errno));
  if (auto verified = verify_owner(name, file); !verified) return verified;
  struct {
    std::array<char, 8> magic{};
    std::uint32_t version = 0;
    std::uint32_t size = 0;
  } header;
  if (pread(fd, &header, sizeof header, 0) != sizeof header ||
      header.magic != SharedLayout::expected_magic) {
    return not_ours(name, "it is no slot of lastword, or damaged");
  }
  if (header.version != SharedLayout::expected_version) {
    return not_ours(name, fmt::format("its layout has version {}, and this program knows {}",
                                      header.version, SharedLayout::expected_version));
  }
  if (header.size != sizeof(SharedLayout) || file.st_size != sizeof(SharedLayout)) {
    return not_ours(name, fmt::format("it has {} bytes and not {}: damaged, or of another machine",
                                      file.st_size, sizeof(SharedLayout)));
  }
  return {};
}

/// Why the file can't be opened.
Error unopened(const std::string& name, int error) {
  struct stat file {};
  if (error == EACCES && lstat(path_of(name).c_str(), &file) == 0) {
    if (auto verified = verify_owner(name, file); !verified) return verified.error();
  }
  if (error == ELOOP) return not_ours(name, "it is a symbolic link").value();
  return not_ours(name, describe_errno(error)).value();
}

/// Takes the lock once, so that what is damaged shows at start.
Result<void> verify_lock(const std::string& name, SharedLayout& layout) {
  constexpr int most_s = 2;
  timespec until{};
  clock_gettime(CLOCK_REALTIME, &until);
  until.tv_sec += most_s;
  const int error = pthread_mutex_timedlock(&layout.lock, &until);
  if (error == ETIMEDOUT) {
    return not_ours(name, fmt::format("its lock has been held for {} s: by a server that is "
                                      "stopped (SIGSTOP), or it is damaged",
                                      most_s));
  }
  if (error == EOWNERDEAD) {
    pthread_mutex_consistent(&layout.lock);
  } else if (error != 0) {
    return not_ours(name, "its lock is damaged");
  }
  const auto message = current_message(layout);
  pthread_mutex_unlock(&layout.lock);
  if (!message) return not_ours(name, "what it holds is no message: it is damaged");
  return {};
}

}  // namespace

std::optional<Message> current_message(const SharedLayout& layout) {
  const std::uint32_t current = layout.current.load(std::memory_order_acquire);
  if (current >= layout.copies.size()) return std::nullopt;
  const auto& bytes = layout.copies[current];
  const auto end = std::find(bytes.begin(), bytes.end(), '\0');
  // Zeros follow the first terminator, of which there is one.
  if (end == bytes.end() || std::any_of(end, bytes.end(), [](char c) { return c != '\0'; })) {
    return std::nullopt;
  }
  if (end == bytes.begin()) return Message{};
  return Message::from({bytes.data(), static_cast<std::size_t>(end - bytes.begin())});
}

void replace_message(SharedLayout& layout, const Message& message) {
  const std::uint32_t other = layout.current.load(std::memory_order_relaxed) == 0 ? 1 : 0;
  std::array<char, Message::stored_size> bytes{};
  std::copy(message.text().begin(), message.text().end(), bytes.begin());
  layout.copies[other] = bytes;
  layout.current.store(other, std::memory_order_release);  // here, and whole
}

Result<SharedSegment> SharedSegment::open(const std::string& name, IfMissing missing) {
  const std::string path = path_of(name);
  // Another process may make or remove it at any moment: whoever loses the race looks again.
  for (int attempt = 0; attempt < 100; ++attempt) {
    Fd fd(::open(path.c_str(), O_RDWR | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC));
    if (fd) {
      if (auto verified = verify_file(name, fd.get()); !verified) {
        return tl::unexpected(std::move(verified.error()));
      }
      SharedLayout* layout = map(fd.get());
      if (layout == nullptr) return cannot_use(name, describe_errno(errno));
      SharedSegment segment(std::move(fd), layout);
      if (auto verified = verify_lock(name, *layout); !verified) {
        return tl::unexpected(std::move(verified.error()));
      }
      return segment;
    }
    if (errno != ENOENT) return tl::unexpected(unopened(name, errno));
    if (missing == IfMissing::fail) return cannot_use(name, "there is none on this machine");

    auto made = make_unnamed(name);
    if (!made) return tl::unexpected(std::move(made.error()));
    const std::string unnamed = fmt::format("/proc/self/fd/{}", made->get());
    if (linkat(AT_FDCWD, unnamed.c_str(), AT_FDCWD, path.c_str(), AT_SYMLINK_FOLLOW) != 0 &&
        errno != EEXIST) {
      return cannot_use(name, fmt::format("{}: {}", path, describe_errno(errno)));
    }
  }
  return cannot_use(name, "somebody keeps removing it");
}

SharedSegment::SharedSegment(SharedSegment&& other) noexcept
    : fd_(std::move(other.fd_)), layout_(std::exchange(other.layout_, nullptr)) {}

SharedSegment::~SharedSegment() {
  if (layout_ != nullptr) munmap(layout_, sizeof(SharedLayout));
}

SharedLock::SharedLock(SharedLayout& layout) : lock_(layout.lock) {
  int error = pthread_mutex_lock(&lock_);
  if (error == EOWNERDEAD) error = pthread_mutex_consistent(&lock_);
  held_ = error == 0;
}

SharedLock::~SharedLock() {
  if (held_) pthread_mutex_unlock(&lock_);
}

}  // namespace lastword
