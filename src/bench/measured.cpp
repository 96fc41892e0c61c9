#include "bench/measured.h"

#include <algorithm>
#include <nlohmann/json.hpp>

namespace lastword {
namespace {

/// The greater of each, as long as the longer.
void raise(std::vector<std::uint64_t>& to, const std::vector<std::uint64_t>& from) {
  to.resize(std::max(to.size(), from.size()));
  for (std::size_t at = 0; at < from.size(); ++at) to[at] = std::max(to[at], from[at]);
}

}  // namespace

void Measured::merge(const Measured& other) {
  latency.merge(other.latency);
  lateness.merge(other.lateness);
  start_delay.merge(other.start_delay);
  errors.merge(other.errors);
  started += other.started;
  answered += other.answered;
  unfinished += other.unfinished;
  in_window += other.in_window;
  connected += other.connected;
  peak_held += other.peak_held;
  window_ns = std::max(window_ns, other.window_ns);
  user_ns += other.user_ns;
  system_ns += other.system_ns;
  cpu_span_ns = std::max(cpu_span_ns, other.cpu_span_ns);
  memory_bytes += other.memory_bytes;
  processes += other.processes;
  interrupted = interrupted || other.interrupted;
  failures.insert(failures.end(), other.failures.begin(), other.failures.end());
  raise(sent, other.sent);
  raise(named, other.named);
}

nlohmann::json Measured::to_json() const {
  return {{"latency", latency.to_json()},
          {"lateness", lateness.to_json()},
          {"start_delay", start_delay.to_json()},
          {"errors", errors.to_json()},
          {"started", started},
          {"answered", answered},
          {"unfinished", unfinished},
          {"in_window", in_window},
          {"connected", connected},
          {"peak_held", peak_held},
          {"window_ns", window_ns},
          {"user_ns", user_ns},
          {"system_ns", system_ns},
          {"cpu_span_ns", cpu_span_ns},
          {"memory_bytes", memory_bytes},
          {"processes", processes},
          {"interrupted", interrupted},
          {"failures", failures},
          {"sent", sent},
          {"named", named}};
}

Measured Measured::from_json(const nlohmann::json& json) {
  Measured measured;
  measured.latency = Histogram::from_json(json.at("latency"));
  measured.lateness = Histogram::from_json(json.at("lateness"));
  measured.start_delay = Histogram::from_json(json.at("start_delay"));
  measured.errors = Errors::from_json(json.at("errors"));
  json.at("started").get_to(measured.started);
  json.at("answered").get_to(measured.answered);
  json.at("unfinished").get_to(measured.unfinished);
  json.at("in_window").get_to(measured.in_window);
  json.at("connected").get_to(measured.connected);
  json.at("peak_held").get_to(measured.peak_held);
  json.at("window_ns").get_to(measured.window_ns);
  json.at("user_ns").get_to(measured.user_ns);
  json.at("system_ns").get_to(measured.system_ns);
  json.at("cpu_span_ns").get_to(measured.cpu_span_ns);
  json.at("memory_bytes").get_to(measured.memory_bytes);
  json.at("processes").get_to(measured.processes);
  json.at("interrupted").get_to(measured.interrupted);
  json.at("failures").get_to(measured.failures);
  json.at("sent").get_to(measured.sent);
  json.at("named").get_to(measured.named);
  return measured;
}

}  // namespace lastword
