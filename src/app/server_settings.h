#pragma once

#include <spdlog/common.h>

#include <optional>
#include <string>
#include <tl/expected.hpp>
#include <vector>

#include "app/make_slot.h"
#include "app/slot_address.h"
#include "net/endpoint.h"
#include "server/event_log.h"
#include "server/server_options.h"

namespace lastword {

/// Which code serves the sessions; `automatic` is the best that the machine permits.
enum class EngineKind { threads, epoll, uring, automatic };

/// What a person asked of a slot, instead of serving.
struct SlotCommand {
  enum class What { show, clear };
  What what = What::show;
  SlotAddress slot;
  SlotOptions options;
  bool json = false;
};

/// All that the flags of lastword-server say.
struct ServerSettings {
  ServerOptions server;
  std::vector<Endpoint> listen{Endpoint{"::", 1050}};
  std::string port_file;
  EngineKind engine = EngineKind::threads;
  std::uint64_t loops = 0;  ///< of the engines that have loops; 0: one per core
  SlotAddress slot;
  SlotOptions slot_options;
  bool share_port = false;
  spdlog::level::level_enum log_level = spdlog::level::info;
  LogFormat log_format = LogFormat::text;
  std::optional<SlotCommand> slot_command;  ///< instead of all the above
};

/// Reads command line, environment and config file. An error is an exit code: everything has been
/// said, and the program is to end with it.
tl::expected<ServerSettings, int> read_server_settings(int argc, char** argv);

std::string_view name_of(EngineKind engine);
std::string_view name_of(Scope scope);

}  // namespace lastword
