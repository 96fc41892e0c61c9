#include <cstdlib>
#include <exception>

#include "app/command_line.h"
#include "app/output.h"
#include "app/server_settings.h"
#include "slot/memory_slot.h"

namespace lastword {
namespace {

int cannot_start(const std::string& why) {
  return fail(exit_code::unreachable, "lastword-server", why);
}

Result<std::vector<Listener>> open_listeners(const ServerSettings& settings) {
  std::vector<Listener> listeners;
  for (const Endpoint& endpoint : settings.listen) {
    auto opened = Listener::open(endpoint, settings.server.session.read_timeout);
    if (!opened) return opened;
    std::move(opened->begin(), opened->end(), std::back_inserter(listeners));
  }
  return listeners;
}

void announce_start(EventLog& log, const ServerSettings& settings,
                    const std::vector<Listener>& listeners) {
  std::string addresses;
  for (const Listener& listener : listeners) {
    addresses += (addresses.empty() ? "" : ",") + to_string(listener.address());
  }
  const ServerOptions& server = settings.server;
  LogLine line = log.line("listening");
  line.add("address", addresses)
      .add("engine", name_of(settings.engine))
      .add("slot", name_of(settings.slot))
      .add("scope", name_of(server.session.scope))
      .add("hold", to_string(server.session.hold))
      .add("quiet_gap", to_string(server.session.quiet_gap))
      .add("read_timeout", to_string(server.session.read_timeout))
      .add("connections", server.connections)
      .add("max_sessions", server.max_sessions);
  if (const Limit limit = limit_of(Resource::descriptors); limit.value) {
    line.add("max_descriptors", *limit.value).add("max_descriptors_by", limit.name);
  }
  if (const Limit limit = limit_of(Resource::threads); limit.value) {
    line.add("max_threads", *limit.value).add("max_threads_by", limit.name);
  }
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

int run(const ServerSettings& settings) {
  StopSignals signals;  // before the log starts its thread
  raise_descriptor_limit();
  EventLog log(settings.log_format, settings.log_level);
  MemorySlot slot;
  ThreadEngine engine(settings.server, slot, log, signals);

  auto listeners = open_listeners(settings);
  if (!listeners) return cannot_start(listeners.error().text);
  if (!settings.port_file.empty()) {
    const auto written = write_port_file(settings.port_file, *listeners);
    if (!written) return cannot_start(written.error().text);
  }
  announce_start(log, settings, *listeners);
  return end(engine.run(std::move(*listeners)), log);
}

}  // namespace
}  // namespace lastword

int main(int argc, char** argv) {
  lastword::open_standard_descriptors();
  const auto settings = lastword::read_server_settings(argc, argv);
  if (!settings) return settings.error();
  try {
    return lastword::run(*settings);
  } catch (const std::exception& error) {  // out of descriptors, threads or memory at start
    return lastword::cannot_start(std::string("cannot start: ") + error.what());
  }
}
