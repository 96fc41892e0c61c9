#include "bench/interrupt.h"

#include <csignal>
#include <initializer_list>

namespace lastword {
namespace {

volatile std::sig_atomic_t signal_came = 0;

}  // namespace

void install_bench_signal_handlers() {
  struct sigaction action {};
  action.sa_handler = [](int) { signal_came = 1; };
  sigemptyset(&action.sa_mask);
  for (const int number : {SIGINT, SIGTERM}) sigaction(number, &action, nullptr);
  std::signal(SIGPIPE, SIG_IGN);
}

bool bench_interrupted() { return signal_came != 0; }

}  // namespace lastword
