#pragma once

#include <sys/epoll.h>

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "bench/dialer.h"
#include "bench/dialogue.h"
#include "bench/measured.h"
#include "bench/schedule.h"
#include "bench/share.h"
#include "net/fd.h"

namespace lastword {

/// How far a process is, told while it runs.
struct Sample {
  std::uint64_t tick = 0;  ///< tenths of a second since the run's begin; the same in all processes
  std::uint64_t started = 0;
  std::uint64_t answered = 0;
  std::uint64_t errors = 0;
  std::uint64_t held = 0;
};

/// Plays one process's share of a run: one thread, one epoll, a connection per session, in few
/// system calls. Of a session that waits it keeps 32 bytes.
class Generator {
 public:
  /// `dialogue` must outlive it. `on_sample` is called about each tenth of a second.
  Generator(const Share& share, Dialogue& dialogue, std::function<void(const Sample&)> on_sample);

  /// To the end: every session it started has been answered or has failed. Ends soon where
  /// `interrupted` says so; what then is in flight counts as unfinished.
  Measured run(const std::function<bool()>& interrupted);

 private:
  enum class State : std::uint8_t { unused, connecting, waiting };
  struct Session {
    std::int64_t planned_ns = 0;
    std::int64_t sent_ns = 0;  ///< while it connects: when it started
    std::uint64_t number = 0;
    State state = State::unused;
    std::uint8_t step = 0;
  };
  struct Answer {
    std::string_view bytes;
    std::int64_t first_byte_ns = 0;  ///< 0: none came
    std::int64_t last_byte_ns = 0;
  };
  /// Of an answer that comes in pieces.
  struct Partial {
    std::string bytes;
    std::int64_t first_byte_ns = 0;
    std::int64_t last_byte_ns = 0;
  };

  bool may_start(std::int64_t now_ns) const;
  bool start_due(std::int64_t now_ns);
  void start(std::int64_t planned_ns);
  bool send_request(int fd, Session& session);
  void watch(int fd, bool connecting);
  void handle(const epoll_event& event);
  bool finish_connecting(int fd, Session& session, std::uint32_t events);
  void receive(int fd, Session& session, std::uint32_t events);
  bool take(int fd, Session& session, std::string_view bytes, bool closed);
  void answered(int fd, const Session& session, const Answer& answer);
  void fail(int fd, ErrorKind kind, std::string_view why);
  void close_session(int fd, const Answer& answer);
  void count_error(ErrorKind kind, std::string_view why);
  void wait_for_events(bool more_is_due, std::int64_t now_ns);
  void tick(std::int64_t now_ns);
  void time_out_sessions(std::int64_t now_ns);
  void take_processor_time(std::int64_t now_ns);
  bool measures(const Session& session) const {
    return session.planned_ns >= share_.window_begin_ns();
  }

  const Share share_;
  Dialogue& dialogue_;
  const std::function<void(const Sample&)> on_sample_;
  Dialer dialer_;
  const int last_step_;
  Fd epoll_;
  std::vector<Session> sessions_;  ///< by descriptor
  std::unordered_map<int, Partial> partial_;
  std::optional<Schedule> schedule_;
  std::vector<char> buffer_;
  std::string request_;

  Measured measured_;
  std::uint64_t next_number_ = 0;
  std::uint64_t in_flight_ = 0;
  std::uint64_t connecting_ = 0;
  std::int64_t pause_until_ns_ = 0;  ///< closed loop: after a failure to connect
  std::int64_t last_end_ns_ = 0;
  std::int64_t next_tick_ns_ = 0;
  std::int64_t next_time_out_ns_ = 0;
  std::int64_t cpu_since_ns_ = 0;  ///< 0: not yet
  bool cpu_taken_ = false;
  bool unreachable_ = false;
};

}  // namespace lastword
