#pragma once

#include <netinet/in.h>

#include <string_view>
#include <vector>

#include "net/error.h"

namespace lastword {

/// Reads IPv4 addresses: `127.0.0.1`, `127.0.0.1-127.0.0.64` or `127.0.1.0/26`, several of them
/// between commas; at most 65536. Both ends of a range, and all of a network, are included.
Result<std::vector<in_addr>> parse_sources(std::string_view text);

}  // namespace lastword
