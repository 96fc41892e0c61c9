#include "history/operations.h"

#include <algorithm>
#include <cassert>
#include <string_view>
#include <unordered_map>

namespace lastword {
namespace {

std::int64_t received_ns(const SessionRecord& record) {
  if (record.first_byte_ns) return *record.first_byte_ns;
  return record.last_byte_ns.value_or(record.ended_ns);
}

SessionOperations bounds_of(const SessionRecord& record, std::int64_t hold_ns) {
  SessionOperations made;
  made.may_have_written = record.sent_ns.has_value() && record.outcome != Outcome::refused;
  made.has_read = record.outcome == Outcome::replied;
  made.has_written = made.may_have_written && made.has_read;
  if (record.sent_ns) made.write.begin_ns = *record.sent_ns;
  if (!made.has_read) return made;

  const std::int64_t received = received_ns(record);
  made.read.end_ns = received;
  if (!record.sent_ns || received < *record.sent_ns) {
    made.early = true;
    return made;
  }
  const std::int64_t sent = *record.sent_ns;
  made.early = received - sent < hold_ns;
  made.ordered = !made.early;
  made.write.end_ns = made.early ? received : received - hold_ns;
  made.read.begin_ns = made.early ? sent : sent + hold_ns;
  return made;
}

}  // namespace

Operations operations_of(const History& history) {
  assert(history.sessions.size() < nobodys_value);
  const std::int64_t hold_ns = std::max<std::int64_t>(0, history.hold_ns - history.slack_ns);
  Operations operations;
  operations.sessions.reserve(history.sessions.size());
  std::unordered_map<std::string_view, Value> writers;
  writers.reserve(history.sessions.size());

  for (const SessionRecord& record : history.sessions) {
    const auto index = static_cast<Value>(operations.sessions.size());
    const SessionOperations made = bounds_of(record, hold_ns);
    operations.sessions.push_back(made);
    const auto [known, first] = writers.try_emplace(record.message, index);
    if (first || !made.may_have_written) continue;
    if (operations.sessions[known->second].may_have_written) {
      if (!operations.duplicate) operations.duplicate = {known->second, index};
    } else {
      known->second = index;
    }
  }
  for (Value index = 0; index < operations.sessions.size(); ++index) {
    SessionOperations& made = operations.sessions[index];
    if (!made.has_read) continue;
    const std::string_view reply = history.sessions[index].reply;
    const auto writer = writers.find(reply);
    const bool written =
        writer != writers.end() && operations.sessions[writer->second].may_have_written;
    if (written && reply == history.initial && !operations.duplicate) {
      operations.duplicate = {writer->second, writer->second};
    }
    if (reply == history.initial) {
      made.value = initial_value;
    } else if (writer != writers.end()) {
      made.value = writer->second;
    }
  }
  return operations;
}

}  // namespace lastword
