#pragma once

namespace lastword {

/// SIGINT and SIGTERM end a run early but in order: what was measured so far is reported. SIGPIPE
/// does nothing.
void install_bench_signal_handlers();

/// Whether such a signal came.
bool bench_interrupted();

}  // namespace lastword
