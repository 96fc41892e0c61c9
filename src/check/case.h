#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "check/report.h"
#include "check/run.h"

namespace lastword {

/// What one run says about one case.
struct Judgement {
  enum class Kind { holds, broken, unclear, skipped };

  Kind kind = Kind::unclear;
  std::string expected;
  std::string actual;
  std::string reason;
  std::vector<std::string> evidence;
  /// It rests on something not having come in time, so that a slow machine could be to blame: to be
  /// confirmed by another run.
  bool by_patience = false;
  std::chrono::nanoseconds waited{0};  ///< so long, where it is not the settings' settle()
};

/// One thing that a rule asks, and how a run shows whether it is so.
struct Case {
  std::string_view id;  ///< the rule, a slash, and a name: "2.1/no-terminator"
  Level level;
  std::string_view title;
  std::string_view requirement;
  std::string_view scenario;
  Judgement (*judge)(const CheckSettings&, const RunSight&);

  std::string_view rule() const { return id.substr(0, id.find('/')); }
};

std::span<const Case> cases_of_section_1();  ///< connecting
std::span<const Case> cases_of_section_2();  ///< the message
std::span<const Case> cases_of_section_3();  ///< the slot
std::span<const Case> cases_of_section_4();  ///< the reply
std::span<const Case> cases_of_section_5();  ///< trouble

/// All of them, in the order of the rules.
std::vector<Case> all_cases();

/// "The message" for "2.1".
std::string_view section_title(std::string_view rule);

}  // namespace lastword
