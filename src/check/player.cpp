#include "check/player.h"

#include <netinet/in.h>
#include <sys/socket.h>

#include <mutex>
#include <thread>

#include "check/interrupt.h"
#include "client/writer.h"

namespace lastword {
namespace {

using namespace std::chrono_literals;

/// Which writers have ended: what the others' cues wait for.
class Stage {
 public:
  explicit Stage(std::size_t writers) : ended_(writers) {}

  void note_end(std::size_t writer) {
    const std::lock_guard lock(mutex_);
    ended_[writer] = true;
  }

  /// False where the check is to end first.
  bool await(const Cue& cue) {
    while (!have_ended(cue.after)) {
      if (!sleep_until(Clock::now() + 2ms)) return false;
    }
    return sleep_until(Clock::now() + cue.delay);
  }

 private:
  bool have_ended(const std::vector<std::size_t>& writers) {
    const std::lock_guard lock(mutex_);
    for (const std::size_t writer : writers) {
      if (writer < ended_.size() && !ended_[writer]) return false;
    }
    return true;
  }

  std::mutex mutex_;
  std::vector<bool> ended_;
};

/// The next close() sends a reset.
void arm_reset(const Writer& writer) {
  const linger value{1, 0};
  setsockopt(writer.fd(), SOL_SOCKET, SO_LINGER, &value, sizeof value);
}

/// Receives until the server closes, or patience ends.
void receive_all(const CheckSettings& settings, Writer& writer, Played& played) {
  const Script& script = played.script;
  const auto begun = Clock::now();
  for (;;) {
    if (stop_requested()) {
      played.end = Played::End::stopped;
      return;
    }
    const auto until = played.answered() ? played.segments.back().time + script.stay
                       : played.nudged   ? *played.nudged + settings.hold + settings.settle()
                                         : begun + script.patience;
    const auto piece = writer.receive(std::min(until, Clock::now() + 20ms));
    const auto now = Clock::now();
    if (!piece) {
      played.end = Played::End::reset;
      played.trouble = piece.error().text;
      return;
    }
    if (!piece->bytes.empty()) played.segments.push_back({now, piece->bytes});
    if (piece->closed) {
      played.end = Played::End::closed;
      return;
    }
    if (piece->timed_out && now >= until) {
      if (script.nudge && !played.answered() && !played.nudged) {
        played.nudged = now;
        writer.half_close();
        continue;
      }
      played.end = played.answered() ? Played::End::left : Played::End::impatient;
      return;
    }
  }
}

bool send_pieces(const Script& script, Writer& writer, Played& played) {
  for (const Piece& piece : script.pieces) {
    if (!sleep_until(Clock::now() + piece.pause)) return false;
    if (!played.sent) played.sent = Clock::now();
    const auto sent = writer.send(piece.bytes, Clock::now() + 5s);
    if (!sent) {
      played.trouble = sent.error().text;
      return true;  // what the server answered may be there to be received
    }
  }
  played.all_sent = Clock::now();
  return true;
}

void leave(const Script& script, Writer& writer, Played& played) {
  played.end =
      sleep_until(Clock::now() + script.then_after) ? Played::End::left : Played::End::stopped;
  if (script.then == Then::half_close_and_reset) {
    writer.half_close();
    sleep_until(Clock::now() + 20ms);
  }
  if (script.then != Then::close) arm_reset(writer);
}

void play_one(const CheckSettings& settings, Stage& stage, Played& played) {
  const Script& script = played.script;
  played.end = Played::End::stopped;
  if (!stage.await(script.connect)) return;
  const Endpoint server{script.ipv6 ? "::1" : settings.host, settings.port};
  auto writer = Writer::connect(server, Clock::now() + 2s + settings.settle());
  if (!writer) {
    played.end = Played::End::not_connected;
    played.trouble = writer.error().text;
    return;
  }
  played.connected = Clock::now();
  if (const auto own = local_address(writer->fd())) {
    played.own_port = PeerAddress::from(*own).port;
  }
  if (!stage.await(script.send)) return;
  if (!send_pieces(script, *writer, played)) return;
  if (script.then == Then::await_reply || script.then == Then::half_close) {
    if (script.then == Then::half_close) writer->half_close();
    receive_all(settings, *writer, played);
    // The server closed first and would keep its port waiting; a run that wants that does not ask.
    if (played.end == Played::End::closed && !script.keep_time_wait) arm_reset(*writer);
  } else {
    leave(script, *writer, played);
  }
}

}  // namespace

std::vector<Played> play(const CheckSettings& settings, const std::vector<Script>& scripts) {
  std::vector<Played> writers(scripts.size());
  Stage stage(scripts.size());
  std::vector<std::thread> threads;
  for (std::size_t index = 0; index < scripts.size(); ++index) {
    writers[index].script = scripts[index];
    threads.emplace_back([&, index] {
      play_one(settings, stage, writers[index]);
      writers[index].ended = Clock::now();
      stage.note_end(index);
    });
  }
  for (std::thread& thread : threads) thread.join();
  return writers;
}

}  // namespace lastword
