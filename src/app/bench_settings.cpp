#include "app/bench_settings.h"

#include <charconv>
#include <cmath>

#include "app/command_line.h"
#include "app/output.h"
#include "bench/message_code.h"
#include "bench/sources.h"

namespace lastword {
namespace {

using namespace std::chrono_literals;

constexpr const char* description =
    "Loads a message server with writers and says how long they waited. Every reply is checked: a "
    "whole message that some writer of this run had sent.";

constexpr const char* examples = R"(
Open loop (--rate): sessions start when they are planned to, whatever the server does, and the
latency counts from then; a server that stalls can't hide it. Closed loop (--concurrency): so many
sessions at once, a new one for each that ends. Lateness is what a writer waited beyond the hold;
with --ending none the server's quiet gap (100ms by default) is part of it.

One process holds about as many sessions as its limit of descriptors; more are forked as needed. A
source address has some 28,000 ports for one target: give more addresses for more sessions at once.

Examples:
  lastword-bench                                      one writer after the other, for 10 s
  lastword-bench --rate 1000 --duration 30s           1,000 writers arrive each second
  lastword-bench --concurrency 64 --hold 0            against lastword-server --hold 0
  lastword-bench --concurrency 64 --json              figures for a program
  lastword-bench --rate 500 --html page.html --save-history h.jsonl && lastword-check judge h.jsonl
  lastword-bench --rate 20000 --hold 50s --sessions 1000000 --connections-from 127.0.0.1-127.0.0.64
  lastword-bench 10.0.0.5:1050 10.0.0.6:1050          several servers, in turn

Exit codes: 0 every reply was right, 1 some error, 2 usage, 3 could not reach or finish,
130 interrupted; the figures so far are printed.)";

Result<double> parse_rate(const std::string& text) {
  double rate = 0;
  const auto* end = text.data() + text.size();
  const auto [stop, error] = std::from_chars(text.data(), end, rate, std::chars_format::fixed);
  if (error != std::errc{} || stop != end || !std::isfinite(rate) || rate <= 0 || rate > 10e6) {
    return failure("'" + text + "' won't do; it takes sessions per second, up to 10000000");
  }
  return rate;
}

int usage(const std::string& why) {
  return fail(exit_code::usage, "lastword-bench", why + " (see lastword-bench --help)");
}

}  // namespace

tl::expected<BenchCommand, int> read_bench_command(int argc, char** argv) {
  BenchCommand command;
  BenchSettings& bench = command.bench;
  bench.hold = 2s;
  CommandLine line("lastword-bench", description, examples);
  std::uint64_t processes = 0;

  line.add_endpoints("TARGET", bench.targets, "Where the server is; several are used in turn")
      ->allow_extra_args(true);
  CLI::Option* rate =
      line.add("--rate", bench.rate, parse_rate, "Open loop: sessions planned per second", "N", "");
  CLI::Option* concurrency = line.add_count("--concurrency", bench.concurrency, 1, 10'000'000,
                                            "Closed loop: sessions at once");
  line.add_choice<Arrivals>("--arrivals", bench.arrivals,
                            {{"poisson", Arrivals::poisson}, {"constant", Arrivals::constant}},
                            "Of --rate: as unrelated writers come, or evenly");
  CLI::Option* duration = line.add_duration("--duration", bench.duration, 1ms,
                                            "Start sessions for so long, behind the warm-up");
  duration->default_str("10s without --sessions");
  line.add_duration("--warmup", bench.warmup, 0s, "Before that: checked, but not measured");
  line.add_count("--sessions", bench.sessions, 0, 1'000'000'000,
                 "Start no more than so many; 0: no end");
  line.add_duration("--hold", bench.hold, 0s, "The server's wait between store and load");
  line.add_choice<Ending>(
      "--ending", command.ending,
      {{"none", Ending::none}, {"nul", Ending::nul}, {"lf", Ending::lf}, {"crlf", Ending::crlf}},
      "How messages end, and so replies");
  line.add_duration("--timeout", bench.timeout, 1ms, "A session may take so long beyond the hold");
  line.add("--connections-from", bench.sources, parse_sources,
           "Connect from these IPv4 addresses in turn: 127.0.0.1-127.0.0.64 or 127.0.1.0/26",
           "RANGE", "the kernel's choice");
  line.add_count("--processes", processes, 0, MessageCode::most_workers,
                 "Share the work among so many; 0: as many as the descriptors take");
  line.add_count("--seed", bench.seed, 0, 1'000'000'000, "Makes other Poisson arrivals");
  line.add_text("--save-history", command.history_file,
                "Write what was seen there, for lastword-check judge", "FILE");
  line.add_flag("--json", command.json, "Print one JSON object in place of the table");
  line.add_text("--html", command.html_file, "Write a page with the picture", "FILE");

  if (const auto code = line.parse(argc, argv)) return tl::unexpected(*code);
  if (rate->count() > 0 && concurrency->count() > 0) {
    return tl::unexpected(usage("--rate is an open loop and --concurrency a closed one: not both"));
  }
  if (bench.sessions == 0 && duration->count() == 0) bench.duration = 10s;
  bench.processes = static_cast<std::uint32_t>(processes);
  return command;
}

}  // namespace lastword
