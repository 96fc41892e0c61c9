#pragma once

#include <string>

#include "check/report.h"

namespace lastword {

/// The whole report as one HTML page that needs no network: the verdict, the rules, and a picture
/// of each recorded history. Every byte from the wire is escaped, and the page's own policy forbids
/// it any script but the one it has.
std::string html_report(const CheckReport& report);

}  // namespace lastword
