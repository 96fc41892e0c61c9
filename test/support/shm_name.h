#pragma once

#include <sys/mman.h>
#include <unistd.h>

#include <atomic>
#include <string>

namespace lastword::test {

/// A name for shared memory that nobody else uses; the memory loses it at the end.
class ShmName {
 public:
  ShmName() : pid_(getpid()) {
    static std::atomic<int> made{0};
    text_ = "lastword-test-" + std::to_string(pid_) + "-" + std::to_string(made++);
  }
  ShmName(const ShmName&) = delete;
  ShmName& operator=(const ShmName&) = delete;
  ~ShmName() {
    if (getpid() == pid_) shm_unlink(text_.c_str());  // and not in a child of the test
  }

  const std::string& text() const { return text_; }
  std::string path() const { return "/dev/shm/" + text_; }
  std::string address() const { return "shm:" + text_; }

 private:
  pid_t pid_;
  std::string text_;
};

}  // namespace lastword::test
