#pragma once

#include <array>
#include <atomic>
#include <span>
#include <string_view>

#include "net/fd.h"
#include "server/session.h"
#include "server/stop.h"
#include "server/task.h"
#include "server/wait_queues.h"
#include "slot/completion.h"

namespace lastword {

class Loop;

/// A session on an event loop, and its socket: a wait suspends its coroutine, and the loop resumes
/// it when the wait is over. Everything but Told::set() is for the loop's thread.
class LoopConnection final : private WaitNode {
 public:
  /// What a wait keeps in the frame of the coroutine that awaits it.
  struct Awaiting {
    std::coroutine_handle<> session;
  };

  /// A receive under way, in the frame of the coroutine that awaits it.
  struct Receive : Awaiting {
    Receive(LoopConnection& its_connection, std::span<char> its_buffer, int its_flags,
            Clock::duration its_patience, Stop its_end)
        : connection(its_connection),
          buffer(its_buffer),
          patience(its_patience),
          flags(its_flags),
          ended_by(its_end) {}

    LoopConnection& connection;
    std::span<char> buffer;
    Clock::duration patience;
    int flags;
    Stop ended_by;
    Received received{};

    bool await_ready();
    bool await_suspend(std::coroutine_handle<> its_session);
    Received await_resume() const { return received; }
    /// Takes what recv(2) gave, or minus its errno.
    void take(long result);
  };

  /// A send under way, likewise.
  struct Send : Awaiting {
    Send(LoopConnection& its_connection, std::string_view its_bytes, bool closes)
        : connection(its_connection), bytes(its_bytes), then_close(closes) {}

    LoopConnection& connection;
    std::string_view bytes;
    bool then_close;
    bool is_sent = false;

    bool await_ready() const { return false; }
    bool await_suspend(std::coroutine_handle<> its_session);
    bool await_resume() const { return is_sent; }
    /// Takes what send(2) gave, or minus its errno.
    void take(long result) { is_sent = result == static_cast<long>(bytes.size()); }
  };

  /// A wait for nothing but a time.
  struct Hold : Awaiting {
    explicit Hold(LoopConnection& its_connection) : connection(its_connection) {}

    LoopConnection& connection;

    bool await_ready() const { return is_no_hold() || is_cut() || is_over(); }
    void await_suspend(std::coroutine_handle<> its_session);
    bool await_resume() const { return is_no_hold() || !is_cut() || is_over(); }
    bool is_no_hold() const { return connection.service().options.hold == Clock::duration::zero(); }
    bool is_over() const { return connection.held_until() <= Clock::now(); }
  };

  /// What other threads may set while the session waits for it. Its loop resumes the session.
  class Told final : public Completion {
   public:
    explicit Told(LoopConnection& connection);
    Told(const Told&) = delete;
    ~Told();
    void set() noexcept override;

    struct Wait : Awaiting {
      explicit Wait(Told& its_told) : told(its_told) {}
      Told& told;

      bool await_ready() const;
      void await_suspend(std::coroutine_handle<> its_session);
      bool await_resume() const;
    };
    Wait wait() { return Wait(*this); }

   private:
    friend class Loop;
    Loop& loop_;
    LoopConnection& connection_;
    Told* next_ = nullptr;  // in the loop's list of those that were set
    std::atomic<bool> is_in_list_{false};
    bool is_set_ = false;  // the loop has seen it
    bool is_awaited_ = false;
  };

  /// On the loop's thread, as all that follows. Takes memory for the session to begin with.
  /// Throws std::bad_alloc.
  LoopConnection() : task_(begin()) {}

  /// How long its waits can be.
  static std::array<Clock::duration, 6> lengths_of_waits(const SessionOptions& options);

  LoopConnection(const LoopConnection&) = delete;
  LoopConnection& operator=(const LoopConnection&) = delete;
  ~LoopConnection() {
    end();
    WaitQueues::remove(*this);
  }
  static void* operator new(std::size_t);
  static void operator delete(void* room) noexcept;

  // What a SessionConnection gives.
  Receive receive(std::span<char> buffer, Clock::duration patience) {
    return {*this, buffer, 0, patience, Stop::receiving};
  }
  Receive discard(Clock::duration patience);
  Send send(std::string_view bytes) { return {*this, bytes, false}; }
  Send send_and_close(std::string_view bytes) { return {*this, bytes, true}; }
  void begin_hold(Clock::time_point end) { until = end; }
  Clock::time_point held_until() const { return until; }
  Hold hold() { return Hold(*this); }
  void shut_sending();
  const SessionInfo& info() const { return info_; }
  const Service& service() const;

 private:
  friend class Loop;
  friend class EpollLoop;
  friend class UringLoop;

  enum class Waits : std::uint8_t { no, to_receive, to_send, to_hold, to_be_told };

  static bool is_cut();
  Task<> begin();
  /// Ends the session wherever it is.
  void end();
  void suspend(Awaiting& awaiting, Waits waits, Clock::duration length, Clock::time_point end);

  // Packed: there may be a million of them.
  Task<> task_;                   // serves it
  Awaiting* awaiting_ = nullptr;  // while it is suspended
  [[no_unique_address]] SessionInfo info_;
  Waits waits_ = Waits::no;
  bool is_answered_ : 1 = false;  // a reply or a refusal was sent, or tried to
  bool is_watched_ : 1 = false;   // the engine's own
  Fd socket_;
  // For the outermost frame, which lasts as long as the session: what a hold keeps lies together.
  alignas(FrameMemory::alignment) std::byte frame_[104];
};

static_assert(SessionConnection<LoopConnection>);

}  // namespace lastword
