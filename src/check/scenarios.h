#pragma once

#include <span>

#include "check/run.h"

namespace lastword {

/// Every run that the cases are judged from, in the order in which to play them one by one.
std::span<const Scenario> all_scenarios();

/// The scenario of that name, which must exist.
const Scenario& scenario_named(std::string_view name);

/// How many of `scenario`'s writers the server is to accept.
std::size_t writers_of(const CheckSettings& settings, const Scenario& scenario);

}  // namespace lastword
