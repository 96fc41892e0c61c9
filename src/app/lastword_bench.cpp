#include <fstream>
#include <random>

#include "app/bench_settings.h"
#include "app/command_line.h"
#include "app/output.h"
#include "bench/fleet.h"
#include "bench/html_report.h"
#include "bench/interrupt.h"
#include "bench/json_report.h"
#include "bench/lastword_dialogue.h"
#include "bench/progress.h"
#include "bench/text_report.h"

namespace lastword {
namespace {

int fail(int code, const std::string& why) { return lastword::fail(code, "lastword-bench", why); }

Result<LastwordDialogue> dialogue_for(const BenchCommand& command) {
  const BenchSettings& bench = command.bench;
  LastwordDialogue::Options options;
  options.run = std::uint64_t{std::random_device()()} << 32 | std::random_device()();
  options.ending = command.ending;
  options.alone = bench.rate == 0 && bench.concurrency == 1;
  if (!command.history_file.empty()) {
    History header;
    header.name = "lastword-bench";
    header.hold_ns = bench.hold.count();
    header.slack_ns = early_slack(bench.hold).count();
    auto log = HistoryLog::create(command.history_file, header);
    if (!log) return tl::unexpected(log.error());
    options.history = std::move(*log);
  }
  return LastwordDialogue(std::move(options));
}

int exit_code_of(const Measured& measured) {
  if (measured.interrupted) return exit_code::interrupted;
  if (measured.connected == 0 || !measured.failures.empty()) return exit_code::unreachable;
  return measured.errors.total() > 0 ? exit_code::no : exit_code::yes;
}

Result<Measured> measure(const BenchSettings& settings, Dialogue& dialogue) {
  BenchProgress progress;
  return run_bench(settings, dialogue, [&](const FleetProgress& now) { progress.show(now); });
}

int run(const BenchCommand& command) {
  auto dialogue = dialogue_for(command);
  if (!dialogue) return fail(exit_code::unreachable, dialogue.error().text);
  install_bench_signal_handlers();
  const auto measured = measure(command.bench, *dialogue);
  if (!measured) return fail(exit_code::unreachable, measured.error().text);
  const bool printed = print(command.json ? bench_json(command.bench, *measured)
                                          : bench_text(command.bench, *measured));
  if (!command.html_file.empty()) {
    std::ofstream page(command.html_file, std::ios::binary | std::ios::trunc);
    page << bench_html(command.bench, *measured) << std::flush;
    if (!page) return fail(exit_code::unreachable, "cannot write " + command.html_file);
  }
  return printed ? exit_code_of(*measured) : exit_code::unreachable;
}

}  // namespace
}  // namespace lastword

int main(int argc, char** argv) {
  using namespace lastword;
  open_standard_descriptors();
  const auto command = read_bench_command(argc, argv);
  if (!command) return command.error();
  return run(*command);
}
