#include "check/selection.h"

#include <fmt/format.h>

#include <algorithm>

namespace lastword {
namespace {

/// A duration the way the flags take it.
std::string flag_value(std::chrono::nanoseconds duration) {
  const auto us = std::chrono::round<std::chrono::microseconds>(duration).count();
  if (us % 1'000'000 == 0) return fmt::format("{}s", us / 1'000'000);
  if (us % 1'000 == 0) return fmt::format("{}ms", us / 1'000);
  return fmt::format("{}us", us);
}

bool among(const std::vector<std::string>& patterns, const Case& one) {
  return std::any_of(patterns.begin(), patterns.end(),
                     [&](const std::string& pattern) { return selects(pattern, one); });
}

}  // namespace

bool selects(std::string_view pattern, const Case& one) {
  return pattern == one.id || pattern == one.rule() || pattern == one.id.substr(0, 1);
}

Result<std::vector<Case>> selected_cases(const CheckSettings& settings) {
  const auto all = all_cases();
  for (const auto* patterns : {&settings.rules, &settings.excluded}) {
    for (const std::string& pattern : *patterns) {
      if (std::none_of(all.begin(), all.end(),
                       [&](const Case& one) { return selects(pattern, one); })) {
        return failure(fmt::format(
            "no case is named '{}'; it takes a section (4), a rule (3.1) or a case (see --list)",
            pattern));
      }
    }
  }
  std::vector<Case> selected;
  for (const Case& one : all) {
    const bool wanted = settings.rules.empty() || among(settings.rules, one);
    if (wanted && !among(settings.excluded, one)) selected.push_back(one);
  }
  if (selected.empty()) return failure("nothing is selected: --exclude leaves no case");
  return selected;
}

std::string shell_quoted(const std::vector<std::string>& words) {
  static constexpr std::string_view harmless =
      "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-+=./:,@%";
  std::string text;
  for (const std::string& word : words) {
    if (!text.empty()) text += ' ';
    if (!word.empty() && word.find_first_not_of(harmless) == std::string::npos) {
      text += word;
      continue;
    }
    text += '\'';
    for (const char letter : word)
      text += letter == '\'' ? std::string("'\\''") : std::string(1, letter);
    text += '\'';
  }
  return text;
}

std::string rerun_command(const CheckSettings& settings, std::string_view case_id) {
  return rerun_command(settings, {"--rule", std::string(case_id)});
}

std::string rerun_command(const CheckSettings& settings, std::vector<std::string> what) {
  const CheckSettings usual;
  std::vector<std::string> words = std::move(what);
  words.insert(words.begin(), "lastword-check");
  const auto add = [&](const char* flag, std::string value) {
    words.emplace_back(flag);
    words.push_back(std::move(value));
  };
  if (settings.host != usual.host) add("--host", settings.host);
  if (settings.port != usual.port) add("--port", std::to_string(settings.port));
  if (settings.accepts != (settings.has_command() ? 3 : 0)) {
    add("--accepts", std::to_string(settings.accepts));
  }
  if (settings.hold != usual.hold) add("--hold", flag_value(settings.hold));
  if (settings.tolerance != usual.tolerance) add("--tolerance", flag_value(settings.tolerance));
  if (settings.read_timeout != usual.read_timeout) {
    add("--read-timeout", flag_value(settings.read_timeout));
  }
  add("--seed", std::to_string(settings.seed));
  if (settings.strict) words.emplace_back("--strict");
  if (settings.has_command()) {
    words.emplace_back("--");
    words.insert(words.end(), settings.command.begin(), settings.command.end());
  }
  return shell_quoted(words);
}

}  // namespace lastword
