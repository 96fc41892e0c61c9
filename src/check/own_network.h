#pragma once

#include "net/error.h"

namespace lastword {

/// Makes it likely that own_network() is permitted: one who is not root takes a user namespace in
/// which he may make network namespaces, keeping his user id. Only while the process has one
/// thread.
void prepare_own_networks();

/// Gives the calling thread, and the threads and processes it starts from now on, a network of
/// their own with nothing but the loopback in it, so that several servers can have the same port at
/// the same time. An error where the machine does not permit that; the thread is as before then.
Result<void> enter_own_network();

}  // namespace lastword
