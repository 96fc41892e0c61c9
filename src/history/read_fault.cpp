#include "history/read_fault.h"

namespace lastword {
namespace {

ReadFault fault_of(const Operations& operations, const SessionOperations& session) {
  if (!session.has_read) return ReadFault::unread;
  if (session.value == nobodys_value) return ReadFault::invented;
  if (session.value == initial_value) {
    return session.ordered ? ReadFault::initial_after_own : ReadFault::none;
  }
  const SessionOperations& writer = operations.sessions[session.value];
  if (!writer.may_have_written) return ReadFault::refused;
  return session.read.end_ns < writer.write.begin_ns ? ReadFault::before_write : ReadFault::none;
}

}  // namespace

std::vector<ReadFault> read_faults(const Operations& operations) {
  std::vector<ReadFault> faults;
  faults.reserve(operations.sessions.size());
  for (const SessionOperations& session : operations.sessions) {
    faults.push_back(fault_of(operations, session));
  }
  return faults;
}

UsableReads usable_reads(const std::vector<ReadFault>& faults) {
  UsableReads usable(faults.size());
  for (std::size_t at = 0; at < faults.size(); ++at) usable[at] = faults[at] == ReadFault::none;
  return usable;
}

}  // namespace lastword
