#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <csignal>
#include <cstdio>

#include "app/command_line.h"
#include "app/output.h"
#include "client/writer.h"
#include "protocol/ending.h"
#include "protocol/escape.h"
#include "protocol/message.h"
#include "protocol/refusal.h"

namespace lastword {
namespace {

using namespace std::chrono_literals;
using Clock = std::chrono::steady_clock;

constexpr const char* description =
    "Sends one message to a message server, waits, and prints what the server's slot held then.";

constexpr const char* examples = R"(
Examples:
  writerp writer1                            to the server on this machine, port 1050
  writerp --host 10.247.53.97 writer1        to another machine
  writerp --host ::1 --port 1051 --ending lf writer1
  writerp -- -x                              a message that begins with a dash
  reply=$(writerp writer1)                   stdout carries the reply alone

Exit codes: 0 a reply came, 1 the message was refused, 2 usage, 3 no server or no reply,
130 interrupted.)";

struct Settings {
  Endpoint server{"localhost", 1050};
  Ending ending = Ending::none;
  std::chrono::nanoseconds timeout = 30s;
  bool raw = false;
  std::string message;
};

/// Why no server would take it; empty where it is fit to be sent.
std::string fault_of(const std::string& message) {
  if (Message::from(message)) return "";
  if (message.empty()) return "the message is empty; it takes 1 to 19 bytes";
  if (message.size() > Message::max_size) {
    return fmt::format("the message has {} bytes; 19 is the most", message.size());
  }
  return "the message contains a line feed, which would end it";
}

/// Shows on a terminal how long the hold still lasts, on one line of stderr; clears it when done.
class Countdown {
 public:
  static constexpr Clock::duration step = 100ms;

  Countdown() : shown_(isatty(STDERR_FILENO) != 0) {}
  ~Countdown() {
    if (shown_) put("\r\033[K");
  }

  /// The usual hold is counted down; what lies beyond it is counted up, because a server may hold
  /// longer, or have the writer wait for its turn.
  void show() const {
    if (!shown_) return;
    const std::chrono::duration<double> left = usual_hold - (Clock::now() - begun_);
    if (left.count() > 0) {
      put(fmt::format("\rsent; the slot is read in {:.1f} s\033[K", left.count()));
    } else {
      put(fmt::format("\rsent; still waiting, {:.1f} s over the usual hold\033[K", -left.count()));
    }
  }

 private:
  static void put(const std::string& text) { std::fputs(text.c_str(), stderr); }

  static constexpr Clock::duration usual_hold = 2s;
  const bool shown_;
  const Clock::time_point begun_ = Clock::now();
};

/// All that the server sends until it closes; or until it has been quiet for a while behind its
/// first byte, for a server that never closes.
Result<std::string> receive_reply(Writer& writer, Deadline deadline) {
  static constexpr Clock::duration quiet = 1s;
  Countdown countdown;
  std::string reply;
  for (;;) {
    countdown.show();
    const Deadline now = Clock::now();
    const Deadline until = reply.empty() ? std::min(deadline, now + Countdown::step) : now + quiet;
    const auto piece = writer.receive(until);
    if (!piece && !reply.empty()) return reply;  // a reset behind the reply takes nothing from it
    if (!piece) return tl::unexpected(piece.error());
    reply += piece->bytes;
    if (piece->closed || (piece->timed_out && !reply.empty())) return reply;
    if (piece->timed_out && Clock::now() >= deadline) {
      return failure("no reply came in time; --timeout says how long to wait");
    }
    if (reply.size() > 65536) return failure("the server sends more than any reply");
  }
}

int fail(int code, const std::string& why) { return lastword::fail(code, "writerp", why); }

int run(const Settings& settings) {
  const std::string fault = fault_of(settings.message);
  if (!fault.empty() && !settings.raw) {
    return fail(exit_code::no, fault + "; --raw sends it all the same");
  }
  const Deadline deadline = Clock::now() + settings.timeout;
  auto writer = Writer::connect(settings.server, deadline);
  if (!writer) {
    return fail(exit_code::unreachable,
                writer.error().text +
                    " (is a server running there? start lastword-server, or "
                    "name another with --host and --port)");
  }
  const auto sent =
      writer->send(settings.message + std::string(bytes_of(settings.ending)), deadline);
  if (!sent) return fail(exit_code::unreachable, sent.error().text);

  const auto received = receive_reply(*writer, deadline);
  if (!received) return fail(exit_code::unreachable, received.error().text);
  if (received->empty()) return fail(exit_code::unreachable, "the server closed without a reply");

  std::string_view reply = *received;
  if (is_refusal(reply)) {
    return fail(exit_code::no, "refused: " + escaped(reply.substr(0, reply.size() - 1)));
  }
  const std::string_view ending = bytes_of(settings.ending);
  if (reply.ends_with(ending)) reply.remove_suffix(ending.size());
  return print(std::string(reply) + "\n")
             ? exit_code::yes
             : fail(exit_code::unreachable, "cannot write the reply to stdout");
}

}  // namespace
}  // namespace lastword

int main(int argc, char** argv) {
  using namespace lastword;
  open_standard_descriptors();
  Settings settings;
  std::uint64_t port = settings.server.port;
  CommandLine line("writerp", description, examples);
  line.add_text("--host", settings.server.host, "The server's name or address", "H");
  line.add_count("--port", port, 1, 65535, "The server's port");
  line.add_choice("--ending", settings.ending,
                  {{"none", Ending::none}, {"nul", Ending::nul}, {"lf", Ending::lf}},
                  "What the message ends with");
  line.add_duration("--timeout", settings.timeout, 1ms, "Give up after so long");
  line.add_flag("--raw", settings.raw, "Send even a message that no server would take");
  line.add_text("MESSAGE", settings.message, "1 to 19 bytes", "TEXT")->required();
  if (const auto code = line.parse(argc, argv)) return *code;
  settings.server.port = static_cast<std::uint16_t>(port);

  std::signal(SIGINT, [](int) { std::_Exit(exit_code::interrupted); });
  return run(settings);
}
