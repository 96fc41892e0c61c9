// bench_peer PEER HOST:PORT [FLAGS]: lastword-bench's generator, which speaks another server's
// protocol. FLAGS are those of lastword-bench. Prints JSON; the same exit codes.
#include <fmt/core.h>

#include <memory>
#include <random>

#include "app/bench_settings.h"
#include "app/command_line.h"
#include "app/output.h"
#include "bench/fleet.h"
#include "bench/interrupt.h"
#include "bench/json_report.h"
#include "peers/dialogues.h"

int main(int argc, char** argv) {
  using namespace lastword;
  open_standard_descriptors();
  const std::uint64_t run = std::random_device()();
  const std::unique_ptr<Dialogue> dialogue = peer_dialogue(argc > 1 ? argv[1] : "", run);
  if (!dialogue) {
    return fail(exit_code::usage, "bench_peer", "PEER is redis, memcached, mosquitto or etcd");
  }
  const auto command = read_bench_command(argc - 1, argv + 1);
  if (!command) return command.error();

  install_bench_signal_handlers();
  const auto measured = run_bench(command->bench, *dialogue, {});
  if (!measured) return fail(exit_code::unreachable, "bench_peer", measured.error().text);
  if (!print(bench_json(command->bench, *measured))) return exit_code::unreachable;
  if (measured->interrupted) return exit_code::interrupted;
  if (measured->connected == 0 || !measured->failures.empty()) return exit_code::unreachable;
  return measured->errors.total() > 0 ? exit_code::no : exit_code::yes;
}
