#pragma once

#include <array>
#include <string_view>

namespace lastword {

/// Why a session ends with one line instead of a reply (SPEC 2.3, 2.4, 5.2 to 5.4).
enum class Refusal {
  too_long,       ///< a 20th byte before any end
  empty,          ///< an ending and nothing before it
  silent,         ///< nothing came within the read timeout
  not_stored,     ///< the slot can't be reached, and the message is certainly not in it
  unknown,        ///< the slot did not answer: the message may be in it, or be stored later
  unread,         ///< stored, but the slot can't be read back
  stopping,       ///< not stored, because the server stops
  cut_short,      ///< stored, but the server stops before the hold is over
  out_of_memory,  ///< the server has no memory for the session
};

inline constexpr std::array all_refusals{
    Refusal::too_long,   Refusal::empty,     Refusal::silent,
    Refusal::not_stored, Refusal::unknown,   Refusal::unread,
    Refusal::stopping,   Refusal::cut_short, Refusal::out_of_memory};

/// The line for the writer: `error: `, the reason, LF; longer than any message (SPEC 4.4).
std::string_view line_of(Refusal refusal);

/// One word for logs and metrics, such as `too_long`.
std::string_view name_of(Refusal refusal);

/// Whether what a writer was sent is a refusal and not a message: it can't be both (SPEC 4.4).
bool is_refusal(std::string_view reply);

}  // namespace lastword
