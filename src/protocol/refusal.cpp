#include "protocol/refusal.h"

#include "protocol/message.h"

namespace lastword {
namespace {

constexpr std::string_view prefix = "error: ";

struct Words {
  std::string_view name;
  std::string_view line;
};

constexpr Words words_of(Refusal refusal) {
  switch (refusal) {
    case Refusal::too_long:
      return {"too_long", "error: not stored: the message is longer than 19 bytes\n"};
    case Refusal::empty:
      return {"empty", "error: not stored: the message is empty; send 1 to 19 bytes\n"};
    case Refusal::silent:
      return {"silent", "error: not stored: no message came within the read timeout\n"};
    case Refusal::not_stored:
      return {"not_stored", "error: not stored: the slot can't be reached\n"};
    case Refusal::unknown:
      return {"unknown", "error: unknown whether stored: the slot did not answer\n"};
    case Refusal::unread: return {"unread", "error: stored, but the slot can't be read back\n"};
    case Refusal::stopping: return {"stopping", "error: not stored: the server is stopping\n"};
    case Refusal::cut_short:
      return {"cut_short", "error: stored, but the server stops before the hold is over\n"};
    case Refusal::out_of_memory:
      return {"out_of_memory", "error: the server ran out of memory for this session\n"};
  }
  return {};
}

}  // namespace

std::string_view line_of(Refusal refusal) { return words_of(refusal).line; }

std::string_view name_of(Refusal refusal) { return words_of(refusal).name; }

bool is_refusal(std::string_view reply) {
  if (!reply.starts_with(prefix) || !reply.ends_with('\n')) return false;
  reply.remove_suffix(1);
  if (reply.ends_with('\r')) reply.remove_suffix(1);  // a 19-byte message that ends in CRLF is none
  return reply.size() > Message::max_size;
}

}  // namespace lastword
