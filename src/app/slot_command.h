#pragma once

#include "app/server_settings.h"

namespace lastword {

/// Does what a person asked of a slot, and says what came of it. Gives the exit code.
int run_slot_command(const SlotCommand& command);

}  // namespace lastword
