#pragma once

#include <cstdint>
#include <memory>
#include <string_view>

#include "bench/dialogue.h"

namespace lastword {

/// What a client says to another server to do the same work on a fresh connection: store one
/// message where all store theirs, then load what is there. Two requests, each answered before the
/// next; each loaded value is checked to be a whole message of this run.
///
/// `peer`: redis (SET, GET), memcached (set, get), mosquitto (MQTT 3.1.1: connect; then publish
/// retained and subscribe in one segment), etcd (its JSON gateway: put, range, on one kept-alive
/// connection). Null for any other. `run` is random: tells this run's messages from others'.
std::unique_ptr<Dialogue> peer_dialogue(std::string_view peer, std::uint64_t run);

}  // namespace lastword
