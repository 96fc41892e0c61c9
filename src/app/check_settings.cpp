#include "app/check_settings.h"

#include <fmt/format.h>

#include <cstdio>

#include "app/command_line.h"
#include "app/output.h"
#include "check/case.h"

namespace lastword {
namespace {

using namespace std::chrono_literals;

constexpr const char* description =
    "Checks any message server of this assignment, rule by rule: it plays writers against it and "
    "says "
    "what holds. With a COMMAND it starts the server itself, afresh for each run.";

constexpr const char* examples = R"(
Examples:
  lastword-check -- ./server                    a server that stops after 3 connections
  lastword-check --port 5000 -- ./server        one that listens on another port
  lastword-check --accepts 0 -- lastword-server one that accepts without end
  lastword-check --host 10.247.53.97            a server that runs already, on another machine
  lastword-check --rule 3.1,4 -- ./server       only rule 3.1 and all of section 4
  lastword-check judge history.jsonl            what a recorded history says about the slot
  lastword-check --stress 100000 --hold 5ms --accepts 0 -- lastword-server --hold 5ms

Exit codes: 0 every MUST holds, 1 one does not, 2 usage, 3 could not test, 4 inconclusive,
130 interrupted.)";

/// A flag that may be repeated and takes several values between commas.
void add_list(CommandLine& line, const std::string& flag, std::vector<std::string>& value,
              const std::string& help) {
  line.app()
      .add_option(flag, value, help)
      ->delimiter(',')
      ->allow_extra_args(false)
      ->type_name("RULE");
}

int usage(const std::string& why) {
  return fail(exit_code::usage, "lastword-check", why + " (see lastword-check --help)");
}

}  // namespace

tl::expected<CheckCommand, int> read_check_command(int argc, char** argv) {
  CheckCommand command;
  CheckSettings& check = command.check;
  CommandLine line("lastword-check", description, examples);
  std::uint64_t port = check.port;
  constexpr std::uint64_t not_given = 1'000'001;
  std::uint64_t accepts = not_given;
  bool list = false;

  line.add_text("--host", check.host, "Where the server is, when there is no command", "H");
  line.add_count("--port", port, 1, 65535, "Its port, or the one to look for it at");
  line.add_count("--accepts", accepts, 0, 1'000'000,
                 "The connections that one run of it accepts; 0: any number")
      ->default_str("3 with a command, else 0");
  line.add_duration("--hold", check.hold, 0s, "Its wait between store and load");
  line.add_duration("--tolerance", check.tolerance, 1ms, "How far off the hold a reply may be");
  line.add_duration("--read-timeout", check.read_timeout, 1ms,
                    "How long it waits for a writer that says nothing");
  add_list(line, "--rule", check.rules, "Only this section (4), rule (3.1) or case; repeatable");
  add_list(line, "--exclude", check.excluded, "Not this one; repeatable");
  line.add_action("--list", list, "List the cases and exit");
  line.add_flag("--strict", check.strict, "A SHOULD that does not hold is a failure too");
  line.add_count("--seed", check.seed, 0, 1'000'000'000, "Makes other messages");
  line.add_flag("--fail-fast", check.fail_fast, "End with the first failure");
  line.add_flag("-v,--verbose", check.verbose, "Say what was seen of passes too");
  line.add_flag("--serial", check.serial, "Never run two servers side by side");
  line.add_text("--save-history", command.history_file, "Write what was recorded there", "FILE");
  line.add_text("--json", command.json_file, "Write a report for programs", "FILE");
  line.add_text("--junit", command.junit_file, "Write a report for a CI", "FILE");
  line.add_text("--html", command.html_file, "Write a page with the picture", "FILE");
  line.add_count("--stress", command.stress.sessions, 0, 100'000'000,
                 "Instead of the cases: play N sessions, and judge their history");
  line.add_count("--writers", command.stress.writers, 1, 10'000, "Of --stress: at the same time");
  line.add_duration("--pause", command.stress.pause, 0s,
                    "Of --stress: a writer's longest wait between its sessions");
  line.app()
      .add_option("COMMAND", check.command, "Starts the server; behind --")
      ->type_name("WORDS");
  CLI::App* judge = line.app().add_subcommand("judge", "Judge a recorded history; needs no server");
  judge->add_option("FILE", command.judged_file, "JSON Lines; - is standard input")->required();

  if (const auto code = line.parse(argc, argv)) return tl::unexpected(*code);
  if (std::string_view(argv[argc - 1]) == "--") {
    return tl::unexpected(usage("no command behind --; write lastword-check -- ./server"));
  }
  check.port = static_cast<std::uint16_t>(port);
  check.accepts = accepts != not_given ? accepts : check.has_command() ? 3 : 0;
  if (judge->parsed()) {
    command.what = CheckCommand::What::judge;
  } else if (list) {
    command.what = CheckCommand::What::list;
  } else if (command.stress.sessions != 0) {
    command.what = CheckCommand::What::stress;
    if (check.accepts != 0) {
      return tl::unexpected(usage("--stress needs a server that accepts without end: --accepts 0"));
    }
  }
  return command;
}

}  // namespace lastword
