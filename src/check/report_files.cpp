#include "check/report_files.h"

#include <fmt/format.h>

#include <fstream>

#include "check/html_report.h"
#include "check/json_report.h"
#include "check/junit_report.h"
#include "history/history_file.h"

namespace lastword {
namespace {

Result<void> write_text(const std::string& path, const std::string& text) {
  std::ofstream file(path, std::ios::binary);
  file << text;
  file.close();
  if (file) return {};
  return failure(fmt::format("cannot write {}: {}", path, describe_errno(errno)));
}

/// "h.course.jsonl" for "h.jsonl" and "course".
std::string with_name(const std::string& path, const std::string& name) {
  const auto slash = path.rfind('/');
  const auto dot = path.rfind('.');
  if (dot == std::string::npos || (slash != std::string::npos && dot < slash)) {
    return path + "." + name;
  }
  return path.substr(0, dot) + "." + name + path.substr(dot);
}

Result<void> write_histories(const CheckReport& report, const std::string& path) {
  Result<void> written;
  for (const HistoryResult& result : report.histories) {
    const bool alone = report.histories.size() == 1;
    const std::string file = alone ? path : with_name(path, result.history.name);
    const auto done = write_history_file(file, result.history);
    if (!done && written) {
      written = failure(fmt::format("cannot write {}: {}", file, to_string(done.error())));
    }
  }
  return written;
}

}  // namespace

Result<void> write_report_files(const CheckReport& report, const ReportFiles& files) {
  Result<void> written;
  const auto note = [&](Result<void> one) {
    if (written && !one) written = std::move(one);
  };
  if (!files.history.empty()) note(write_histories(report, files.history));
  if (!files.json.empty()) note(write_text(files.json, json_report(report)));
  if (!files.junit.empty()) note(write_text(files.junit, junit_report(report)));
  if (!files.html.empty()) note(write_text(files.html, html_report(report)));
  return written;
}

}  // namespace lastword
