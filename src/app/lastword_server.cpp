#include <fmt/format.h>

#include <algorithm>
#include <cstdlib>
#include <exception>
#include <thread>

#include "app/command_line.h"
#include "app/make_slot.h"
#include "app/output.h"
#include "app/server_settings.h"
#include "app/slot_command.h"
#include "server/loop_engine.h"
#include "server/thread_engine.h"
#include "server/uring_loop.h"

namespace lastword {
namespace {

int cannot_start(const std::string& why) {
  return fail(exit_code::unreachable, "lastword-server", why);
}

Result<std::vector<Listener>> open_listeners(const ServerSettings& settings) {
  std::vector<Listener> listeners;
  for (const Endpoint& endpoint : settings.listen) {
    auto opened = Listener::open(endpoint, settings.server.session.read_timeout,
                                 settings.share_port ? PortUse::shared : PortUse::alone);
    if (!opened) return opened;
    std::move(opened->begin(), opened->end(), std::back_inserter(listeners));
  }
  return listeners;
}

/// What serves the sessions, once that has been decided.
struct Engine {
  EngineKind kind = EngineKind::threads;
  std::uint64_t loops = 0;  ///< 0: it has none
  std::string why;          ///< of `auto`: why this one
};

/// An error where the machine does not permit the engine that was asked for.
Result<Engine> choose_engine(const ServerSettings& settings) {
  if (settings.engine == EngineKind::threads) return Engine{};
  const std::uint64_t cores = std::max(1u, std::thread::hardware_concurrency());
  const std::uint64_t loops = settings.loops == 0 ? cores : settings.loops;
  if (settings.engine == EngineKind::epoll) return Engine{EngineKind::epoll, loops, ""};
  const auto permitted = try_uring();
  if (settings.engine == EngineKind::automatic) {
    if (permitted) return Engine{EngineKind::uring, loops, "io_uring is permitted"};
    return Engine{EngineKind::epoll, loops, permitted.error().text};
  }
  if (permitted) return Engine{EngineKind::uring, loops, ""};
  return failure(
      fmt::format("--engine uring: {}; --engine auto takes epoll instead", permitted.error().text));
}

void announce_start(EventLog& log, const ServerSettings& settings, const Engine& engine,
                    const std::vector<Listener>& listeners) {
  std::string addresses;
  for (const Listener& listener : listeners) {
    addresses += (addresses.empty() ? "" : ",") + to_string(listener.address());
  }
  const ServerOptions& server = settings.server;
  LogLine line = log.line("listening");
  line.add("address", addresses)
      .add("engine", name_of(engine.kind))
      .add("slot", to_string(settings.slot))
      .add("scope", name_of(server.session.scope))
      .add("hold", to_string(server.session.hold))
      .add("quiet_gap", to_string(server.session.quiet_gap))
      .add("read_timeout", to_string(server.session.read_timeout))
      .add("connections", server.connections)
      .add("max_sessions", server.max_sessions);
  if (const Limit limit = limit_of(Resource::descriptors); limit.value) {
    line.add("max_descriptors", *limit.value).add("max_descriptors_by", limit.name);
  }
  if (engine.loops > 0) {
    line.add("loops", engine.loops);
  } else if (const Limit limit = limit_of(Resource::threads); limit.value) {
    line.add("max_threads", *limit.value).add("max_threads_by", limit.name);
  }
  if (!engine.why.empty()) line.add("engine_because", engine.why);
  log.announce(line);
}

/// What the exit code is where the process can end as usual; else the end of the process.
int end(Stopped stopped, EventLog& log) {
  static constexpr auto patience = std::chrono::seconds(1);
  log.announce_end(stopped == Stopped::interrupted ? "interrupted" : "stopped");
  const bool flushed = log.flush(patience);
  const int code = stopped == Stopped::interrupted ? exit_code::interrupted : exit_code::yes;
  // Threads that still run use what an ordinary exit would destroy, and a log that nobody reads
  // would be waited for.
  if (stopped != Stopped::finished || !flushed) std::_Exit(code);
  return code;
}

/// Listens, says so, serves to the end, and gives the exit code.
template <class AnEngine>
int serve_with(AnEngine& its_engine, const Engine& engine, const ServerSettings& settings,
               EventLog& log) {
  auto listeners = open_listeners(settings);
  if (!listeners) return cannot_start(listeners.error().text);
  if (!settings.port_file.empty()) {
    const auto written = write_port_file(settings.port_file, *listeners);
    if (!written) return cannot_start(written.error().text);
  }
  announce_start(log, settings, engine, *listeners);
  return end(its_engine.run(std::move(*listeners)), log);
}

int run(const ServerSettings& settings) {
  const auto engine = choose_engine(settings);
  if (!engine) return cannot_start(engine.error().text);
  StopSignals signals;  // before the log starts its thread
  raise_descriptor_limit();
  EventLog log(settings.log_format, settings.log_level);
  const auto slot = make_slot(settings.slot, settings.slot_options);
  if (!slot) return cannot_start(slot.error().text);
  if (engine->kind == EngineKind::threads) {
    ThreadEngine threads(settings.server, **slot, log, signals);
    return serve_with(threads, *engine, settings, log);
  }
  const LoopKind kind = engine->kind == EngineKind::uring ? LoopKind::uring : LoopKind::epoll;
  LoopEngine loops(kind, engine->loops, settings.server, **slot, log, signals);
  return serve_with(loops, *engine, settings, log);
}

}  // namespace
}  // namespace lastword

int main(int argc, char** argv) {
  lastword::open_standard_descriptors();
  const auto settings = lastword::read_server_settings(argc, argv);
  if (!settings) return settings.error();
  try {
    if (settings->slot_command) return lastword::run_slot_command(*settings->slot_command);
    return lastword::run(*settings);
  } catch (const std::exception& error) {  // out of descriptors, threads or memory at start
    return lastword::cannot_start(std::string("cannot start: ") + error.what());
  }
}
