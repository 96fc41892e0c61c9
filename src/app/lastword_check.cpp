#include <fmt/format.h>
#include <unistd.h>

#include <cstdlib>

#include "app/check_settings.h"
#include "app/command_line.h"
#include "app/output.h"
#include "app/version.h"
#include "check/checker.h"
#include "check/interrupt.h"
#include "check/judge.h"
#include "check/own_network.h"
#include "check/report_files.h"
#include "check/server_process.h"
#include "check/terminal_reporter.h"

namespace lastword {
namespace {

int fail(int code, const std::string& why) { return lastword::fail(code, "lastword-check", why); }

int list_cases() {
  std::string list;
  for (const Case& one : all_cases()) {
    list += fmt::format("{:<22} {:<6} {}\n", one.id, name_of(one.level), one.title);
  }
  return print(list) ? exit_code::yes : exit_code::unreachable;
}

int judge_recorded(const std::string& file) {
  const JudgeReport report = judge_file(file);
  if (!report.error.empty()) return fail(report.exit_code, report.error);
  return print(report.output) ? report.exit_code : exit_code::unreachable;
}

int run(const CheckCommand& command) {
  const auto cases = selected_cases(command.check);
  if (!cases) return fail(exit_code::usage, cases.error().text + " (see lastword-check --list)");
  install_interrupt_handlers();
  adopt_strays();
  if (command.check.has_command() && !command.check.serial) prepare_own_networks();

  CheckReport report = command.what == CheckCommand::What::stress
                           ? stress(command.check, command.stress)
                           : check(command.check, *cases);
  end_strays();
  report.tool_version = version;
  const char* no_colour = std::getenv("NO_COLOR");
  const bool colour = isatty(STDOUT_FILENO) != 0 && (no_colour == nullptr || *no_colour == '\0');
  const bool printed = print(terminal_report(report, {colour, command.check.verbose}));
  const auto written = write_report_files(
      report, {command.history_file, command.json_file, command.junit_file, command.html_file});
  if (!written) return fail(exit_code::unreachable, written.error().text);
  return printed ? exit_code_of(report) : exit_code::unreachable;
}

}  // namespace
}  // namespace lastword

int main(int argc, char** argv) {
  using namespace lastword;
  open_standard_descriptors();
  const auto command = read_check_command(argc, argv);
  if (!command) return command.error();
  switch (command->what) {
    case CheckCommand::What::list: return list_cases();
    case CheckCommand::What::judge: return judge_recorded(command->judged_file);
    default: return run(*command);
  }
}
