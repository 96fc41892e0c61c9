#pragma once

#include <cstdint>
#include <optional>
#include <string>

namespace lastword {

/// How a session ended, as its writer saw it.
enum class Outcome {
  replied,  ///< a message came back
  refused,  ///< a refusal that says that nothing was stored
  unknown,  ///< time-out, reset, a close without a reply, a refusal of unknown effect: the message
            ///< may have been stored, then or later
};

/// One session as its writer saw it: a write of `message` and, where it was replied, a read of
/// `reply` at least one hold later. Times are nanoseconds of one monotonic clock from any origin;
/// nothing where that did not happen.
struct SessionRecord {
  std::uint64_t number = 0;  ///< names the session in reports; unique in its history
  std::optional<std::int64_t> connected_ns;
  std::optional<std::int64_t> sent_ns;        ///< just before the message's first byte was sent
  std::optional<std::int64_t> first_byte_ns;  ///< of what came back
  std::optional<std::int64_t> last_byte_ns;
  std::int64_t ended_ns = 0;
  std::string message;  ///< without its ending; unique in its history
  std::string reply;    ///< without its ending; only of `replied`
  Outcome outcome = Outcome::unknown;
};

}  // namespace lastword
