#include "app/server_settings.h"

#include <functional>
#include <limits>

#include "app/command_line.h"
#include "app/output.h"

namespace lastword {
namespace {

constexpr const char* description =
    "One slot of shared memory, many writers: stores each writer's message, and after the hold\n"
    "sends it what the slot holds then.";

constexpr const char* examples = R"(
Examples:
  lastword-server                            serve port 1050 until stopped
  lastword-server -n 3                       serve three writers, then exit
  lastword-server -l 127.0.0.1:0 --port-file port --hold 50ms
                                             any free port of this machine, a short hold
  lastword-server --scope session            each writer gets its own words back, in turn
  lastword-server --engine auto              event loops, for thousands of writers at once
  lastword-server --slot shm:lastword --share-port
                                             one of several servers with one port and one slot
  lastword-server --slot etcd:10.0.0.1:2379,10.0.0.2:2379,10.0.0.3:2379/lastword
                                             one of several machines with one slot
  lastword-server slot show shm:lastword     what that slot holds
  LASTWORD_LOG_FORMAT=json lastword-server 2>> log.json
  lastword-server --hold 5s --check-config > lastword.conf
  lastword-server --config lastword.conf

Exit codes: 0 stopped as asked, 2 usage, 3 could not start, 130 ended by a second signal.)";

const CommandLine::Choices<EngineKind> engines{{"threads", EngineKind::threads},
                                               {"epoll", EngineKind::epoll},
                                               {"uring", EngineKind::uring},
                                               {"auto", EngineKind::automatic}};
const CommandLine::Choices<Scope> scopes{{"access", Scope::access}, {"session", Scope::session}};
const CommandLine::Choices<LogFormat> formats{{"text", LogFormat::text}, {"json", LogFormat::json}};
const CommandLine::Choices<spdlog::level::level_enum> levels{{"debug", spdlog::level::debug},
                                                             {"info", spdlog::level::info},
                                                             {"warn", spdlog::level::warn},
                                                             {"error", spdlog::level::err},
                                                             {"off", spdlog::level::off}};

template <class T>
std::string_view name_among(const CommandLine::Choices<T>& choices, T wanted) {
  for (const auto& [name, choice] : choices) {
    if (choice == wanted) return name;
  }
  return "";
}

/// How to reach the slot, where it is not on this machine.
void add_slot_options(CommandLine& line, SlotOptions& options) {
  using namespace std::chrono_literals;
  EtcdOptions& etcd = options.etcd;
  line.add_duration("--slot-timeout", etcd.timeout, 10ms,
                    "Give a call of etcd so long; writers are refused after two of them at most");
  line.add_duration("--wait-for-slot", options.wait, 0s, "At the start wait so long for etcd");
  line.add_text("--etcd-cacert", etcd.ca_file, "Speak TLS; who must have signed etcd's certificate",
                "FILE");
  CLI::Option* certificate = line.add_text("--etcd-cert", etcd.certificate_file,
                                           "Speak TLS, with this client certificate", "FILE");
  CLI::Option* key =
      line.add_text("--etcd-key", etcd.key_file, "The key of the client certificate", "FILE");
  certificate->needs(key);
  key->needs(certificate);
  const auto parse_user = [](const std::string& text) -> Result<std::string> {
    if (text.find(':') == text.npos) return failure("it takes USER:PASSWORD");
    return text;
  };
  line.add("--etcd-user", etcd.user, parse_user,
           "Authenticate; on a command line everybody sees it, so prefer the environment",
           "USER:PASSWORD", "")
      ->configurable(false);  // --check-config must not print it
}

/// Adds `slot show` and `slot clear`. What it gives says whether one of them was given.
std::function<bool()> add_slot_command(CommandLine& line, SlotCommand& command) {
  CLI::App* slot = line.app().add_subcommand("slot", "Look at a slot, or empty it");
  slot->require_subcommand(1);
  CLI::App* show = slot->add_subcommand("show", "Print the message that a slot holds, escaped");
  show->add_flag("--json", command.json, "As a JSON object, for programs")->configurable(false);
  CLI::App* clear = slot->add_subcommand("clear", "Empty a slot, in a turn of its own");
  for (CLI::App* action : {show, clear}) {
    line.add_argument(*action, "SLOT", command.slot, parse_slot_address, "Such as shm:lastword");
  }
  return [slot, clear, &command] {
    command.what = clear->parsed() ? SlotCommand::What::clear : SlotCommand::What::show;
    return slot->parsed();
  };
}

}  // namespace

tl::expected<ServerSettings, int> read_server_settings(int argc, char** argv) {
  using namespace std::chrono_literals;
  constexpr auto any = std::numeric_limits<std::uint64_t>::max();
  ServerSettings settings;
  SessionOptions& session = settings.server.session;
  CommandLine line("lastword-server", description, examples);

  line.add_count("-n,--connections", settings.server.connections, 0, any,
                 "Stop after N accepts; 0: serve until stopped");
  line.add_endpoints("-l,--listen", settings.listen,
                     "Listen there; repeatable; port 0 picks a free one");
  line.add_text("--port-file", settings.port_file, "Write the bound port there, once listening",
                "FILE");
  line.add_duration("--hold", session.hold, 0s, "The wait between store and load");
  line.add_duration("--quiet-gap", session.quiet_gap, 1ms,
                    "A message without a terminator ends when nothing follows it for so long");
  line.add_duration("--read-timeout", session.read_timeout, 1ms,
                    "Refuse a writer that sends nothing for so long");
  line.add_duration("--grace", settings.server.grace, 0s,
                    "After a signal, wait so long for the held sessions");
  line.add_choice("--scope", session.scope, scopes,
                  "What the critical section covers: the store and later the load, or the whole "
                  "session");
  line.add_choice(
      "--engine", settings.engine, engines,
      "What serves the sessions: a thread each, or event loops; auto takes uring where the "
      "kernel permits it, else epoll");
  line.add_count("--loops", settings.loops, 0, 1024, "Event loops; 0: one per core");
  line.add("--slot", settings.slot, parse_slot_address,
           "Which memory the writers share: this server's own, POSIX shared memory that the "
           "servers of this machine share, or a key of an etcd cluster that servers on many "
           "machines share",
           "memory|shm:NAME|etcd:HOST:PORT[,HOST:PORT...]/KEY", to_string(settings.slot));
  add_slot_options(line, settings.slot_options);
  line.add_flag("--share-port", settings.share_port,
                "Listen beside other servers of this user that have this flag too; the kernel "
                "spreads the writers");
  line.add_count("--max-sessions", settings.server.max_sessions, 0, any,
                 "Serve at most N sessions at once; 0: as many as the machine allows");
  line.add_choice("--log-level", settings.log_level, levels, "The least that is logged");
  line.add_choice("--log-format", settings.log_format, formats, "Log for people or for machines");
  bool check_config = false;
  line.add_action("--check-config", check_config,
                  "Check flags, environment and config, print what is in force, and exit");
  SlotCommand command;
  const auto is_slot_command = add_slot_command(line, command);

  if (const auto code = line.parse(argc, argv)) return tl::unexpected(*code);
  if (check_config) {
    const bool printed = print(line.as_config());
    return tl::unexpected(printed ? exit_code::yes : exit_code::unreachable);
  }
  if (is_slot_command()) {
    command.options = settings.slot_options;
    settings.slot_command = command;
  }
  return settings;
}

std::string_view name_of(EngineKind engine) { return name_among(engines, engine); }
std::string_view name_of(Scope scope) { return name_among(scopes, scope); }

}  // namespace lastword
