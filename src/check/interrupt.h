#pragma once

#include "check/settings.h"

namespace lastword {

/// SIGINT, SIGTERM and SIGHUP end the check early but in order: servers are ended and reports
/// written.
void install_interrupt_handlers();

/// Whether such a signal came.
bool interrupted();

/// Ends the check the way a signal does, without being one (--fail-fast).
void request_stop();

/// Whether the check is to end early, for either reason.
bool stop_requested();

/// Sleeps until `time`; false, and early, when the check is to end.
bool sleep_until(Clock::time_point time);

}  // namespace lastword
