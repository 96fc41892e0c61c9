#pragma once

#include <string>

#include "check/report.h"
#include "net/error.h"

namespace lastword {

/// Where to write what; empty: not at all.
struct ReportFiles {
  std::string history;
  std::string json;
  std::string junit;
  std::string html;
};

/// Writes those that are asked for. Several histories go to files of their own: "h.course.jsonl"
/// and so on for "h.jsonl". The error names the first file that could not be written; the others
/// are tried all the same.
Result<void> write_report_files(const CheckReport& report, const ReportFiles& files);

}  // namespace lastword
