#include "check/attempts.h"

#include <fmt/format.h>

#include <algorithm>

#include "check/interrupt.h"
#include "check/judging.h"

namespace lastword {
namespace {

using Kind = Judgement::Kind;

constexpr int most_attempts = 3;

CaseResult blank(const Case& one) {
  CaseResult result;
  result.rule = one.rule();
  result.section = section_title(one.rule());
  result.id = one.id;
  result.title = one.title;
  result.requirement = one.requirement;
  result.level = one.level;
  return result;
}

/// What one run says. Where the checker itself was kept waiting for half as long as it waited for
/// the server, that wait proves nothing.
Judgement judge_case(const CheckSettings& settings, const Case& one, const RunSight& sight) {
  Judgement judgement = one.judge(settings, sight);
  if (judgement.kind != Kind::broken || !judgement.by_patience) return judgement;
  const auto waited =
      judgement.waited.count() > 0 ? judgement.waited : settings.settle() * sight.patience;
  if (sight.lag <= waited / 2) return judgement;
  judgement.kind = Kind::unclear;
  judgement.reason =
      fmt::format("{}; but this machine was busy: the checker itself was {:.3f} s late",
                  judgement.reason, std::chrono::duration<double>(sight.lag).count());
  return judgement;
}

/// Whether it matters so much that it must not stay open, or rest on one run's patience.
bool must_be_sure(const CheckSettings& settings, const Case& one) {
  return one.level == Level::must || settings.strict;
}

/// Whether all that the attempts said so far is enough.
bool decided(const CheckSettings& settings, const Case& one, const std::vector<Judgement>& said) {
  const Judgement& last = said.back();
  const bool was_busy = last.kind == Kind::unclear && last.by_patience;
  if (last.kind == Kind::skipped) return true;
  if (!must_be_sure(settings, one) && !was_busy) return true;
  const auto count = [&](Kind kind) {
    return std::count_if(said.begin(), said.end(), [&](const auto& j) { return j.kind == kind; });
  };
  if (last.kind == Kind::holds) return count(Kind::broken) == 0;
  if (last.kind == Kind::unclear) return false;
  return !last.by_patience || count(Kind::broken) >= 2;
}

/// The judgement that stands after all attempts.
Judgement final_of(const CheckSettings& settings, const Case& one,
                   const std::vector<Judgement>& said) {
  if (decided(settings, one, said)) return said.back();
  const auto once_broken = std::find_if(said.begin(), said.end(), [](const Judgement& judgement) {
    return judgement.kind == Kind::broken;
  });
  if (once_broken == said.end() || said.size() == 1) {
    return said.back().kind == Kind::broken ? unclear(said.back().reason) : said.back();
  }
  Judgement judgement = *once_broken;
  judgement.kind = Kind::unclear;
  judgement.reason =
      fmt::format("in one run of {}, and not in the others: {}", said.size(), judgement.reason);
  return judgement;
}

CaseResult result_of(const CheckSettings& settings, const Case& one, const Judgement& judgement) {
  CaseResult result = blank(one);
  switch (judgement.kind) {
    case Kind::holds: result.outcome = CaseOutcome::pass; break;
    case Kind::broken:
      result.outcome = one.level == Level::must ? CaseOutcome::fail : CaseOutcome::warn;
      break;
    case Kind::unclear:
      // A SHOULD that could not be looked at leaves the server's MUSTs decided.
      result.outcome =
          must_be_sure(settings, one) ? CaseOutcome::inconclusive : CaseOutcome::skipped;
      break;
    case Kind::skipped: result.outcome = CaseOutcome::skipped; break;
  }
  result.expected = judgement.expected;
  result.actual = judgement.actual;
  result.reason = judgement.kind == Kind::holds ? "" : judgement.reason;
  result.evidence = judgement.evidence;
  return result;
}

JobResult could_not_test(const std::vector<Case>& cases, const std::string& reason) {
  JobResult job = skip_all(cases, reason);
  for (CaseResult& result : job.cases) result.outcome = CaseOutcome::could_not_test;
  return job;
}

/// Why nobody could be tested in this run; nothing where somebody was.
std::optional<std::string> could_not_reach(const RunSight& sight) {
  if (sight.could_not_start) return sight.could_not_start->text;
  const bool all_failed =
      std::all_of(sight.writers.begin(), sight.writers.end(),
                  [](const Played& writer) { return writer.end == Played::End::not_connected; });
  if (!all_failed || sight.with_process) return std::nullopt;
  return sight.writers.front().trouble;
}

}  // namespace

JobResult skip_all(const std::vector<Case>& cases, const std::string& reason) {
  JobResult job;
  for (const Case& one : cases) {
    CaseResult result = blank(one);
    result.outcome = CaseOutcome::skipped;
    result.reason = reason;
    job.cases.push_back(std::move(result));
  }
  return job;
}

JobResult play_until_decided(const CheckSettings& settings, const std::vector<Case>& cases,
                             const std::function<RunSight(int)>& attempt,
                             const std::function<void(const std::string&)>& on_repeat,
                             bool may_repeat) {
  std::vector<std::vector<Judgement>> said(cases.size());
  JobResult job;
  Clock::duration duration{0};
  const int attempts = may_repeat ? most_attempts : 1;
  for (int number = 1; number <= attempts; ++number) {
    RunSight sight = attempt(number);
    if (stop_requested()) {
      if (number == 1) return skip_all(cases, "the check was ended before it was done");
      break;
    }
    if (const auto reason = could_not_reach(sight)) {
      if (number == 1) return could_not_test(cases, *reason);
      break;
    }
    duration += sight.finished - sight.began;
    bool proven = false;  // then what stays unclear is its consequence
    std::string why;
    for (std::size_t index = 0; index < cases.size(); ++index) {
      auto& judgements = said[index];
      if (number > 1 && decided(settings, cases[index], judgements)) continue;
      judgements.push_back(judge_case(settings, cases[index], sight));
      const bool is_decided = decided(settings, cases[index], judgements);
      proven = proven || (is_decided && judgements.back().kind == Kind::broken);
    }
    for (std::size_t index = 0; index < cases.size(); ++index) {
      const Judgement& last = said[index].back();
      if (decided(settings, cases[index], said[index])) continue;
      if (last.kind == Kind::unclear && proven) continue;
      why = std::string(cases[index].id) + ": " + last.reason;
    }
    if (number == 1) job.sight = std::move(sight);
    if (why.empty()) break;
    if (number < attempts) on_repeat(why);
  }
  for (std::size_t index = 0; index < cases.size(); ++index) {
    job.cases.push_back(
        result_of(settings, cases[index], final_of(settings, cases[index], said[index])));
    job.cases.back().duration = duration;
  }
  return job;
}

}  // namespace lastword
