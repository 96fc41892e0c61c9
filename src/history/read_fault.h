#pragma once

#include <vector>

#include "history/operations.h"
#include "history/zones.h"

namespace lastword {

/// What is wrong with a reply by itself, before any two are compared.
enum class ReadFault {
  none,
  unread,             ///< there was no reply
  invented,           ///< nobody's message
  refused,            ///< that of a session that did not write
  before_write,       ///< loaded before its writer sent it: the theorem's first condition (zones.h)
  initial_after_own,  ///< the first content, though the session itself had replaced it
};

/// One for each session.
std::vector<ReadFault> read_faults(const Operations& operations);

/// The reads that are fit to be compared.
UsableReads usable_reads(const std::vector<ReadFault>& faults);

}  // namespace lastword
