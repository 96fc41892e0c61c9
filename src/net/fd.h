#pragma once

#include <utility>

namespace lastword {

/// Owns one file descriptor and closes it.
class Fd {
 public:
  Fd() = default;
  explicit Fd(int fd) : fd_(fd) {}
  Fd(Fd&& other) noexcept : fd_(std::exchange(other.fd_, -1)) {}
  Fd& operator=(Fd&& other) noexcept {
    if (this != &other) {
      close();
      fd_ = std::exchange(other.fd_, -1);
    }
    return *this;
  }
  ~Fd() { close(); }

  int get() const { return fd_; }
  explicit operator bool() const { return fd_ >= 0; }

  /// Gives it away: whoever takes it closes it.
  int release() { return std::exchange(fd_, -1); }

  /// Closes now; what close(2) reports is of no use to anyone here.
  void close();

 private:
  int fd_ = -1;
};

}  // namespace lastword
