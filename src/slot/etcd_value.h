#pragma once

#include <optional>
#include <string>

#include "protocol/message.h"
#include "protocol/refusal.h"
#include "slot/etcd_client.h"

namespace lastword {

/// What an etcd key's value says as a message: the empty one where there is no key, or nothing in
/// it; no message where somebody else has put there what no writer can send.
inline std::optional<Message> message_of_value(const std::optional<std::string>& value) {
  return value.value_or("").empty() ? Message() : Message::from(*value);
}

/// What a writer is told whose store failed.
inline Refusal refusal_of_store(const EtcdError& error) {
  return error.may_have_happened ? Refusal::unknown : Refusal::not_stored;
}

}  // namespace lastword
