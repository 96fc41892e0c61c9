#pragma once

#include <sys/types.h>

#include <cstdint>
#include <functional>
#include <map>
#include <string>
#include <vector>

#include "bench/fleet.h"
#include "bench/generator.h"
#include "bench/measured.h"
#include "net/error.h"
#include "net/fd.h"

namespace lastword {

/// A process's way to tell the one that forked it, by lines of JSON in a pipe.
class ProcessPipe {
 public:
  explicit ProcessPipe(Fd fd) : fd_(std::move(fd)) {}

  void send(const Sample& sample);
  void send(const Measured& measured);

 private:
  void send_line(std::string line);

  Fd fd_;
};

/// The processes of a run, seen from the one that forked them.
class Fleet {
 public:
  explicit Fleet(std::int64_t begin_ns) : begin_ns_(begin_ns) {}
  Fleet(const Fleet&) = delete;
  Fleet& operator=(const Fleet&) = delete;
  /// Ends and reaps those that still run.
  ~Fleet();

  /// Forks a process that runs `job` and ends. It also ends when its parent does.
  Result<void> start(const std::function<void(ProcessPipe&)>& job);

  /// Waits for all of them and merges what they saw. A process that ends without a word is among
  /// the result's failures. Passes an interrupt on (bench/interrupt.h).
  Measured gather(const std::function<void(const FleetProgress&)>& on_progress);

 private:
  struct Child {
    pid_t pid = -1;
    Fd pipe;
    std::string unread;  ///< the begin of a line
    Sample last;
    bool reported = false;
  };

  void wait_for_word();
  void read_from(Child& child);
  void take_line(Child& child, const std::string& line);
  void reap(Child& child);
  FleetProgress progress() const;

  const std::int64_t begin_ns_;
  std::vector<Child> children_;
  Measured merged_;
  std::map<std::uint64_t, std::uint64_t> held_at_tick_;
};

}  // namespace lastword
