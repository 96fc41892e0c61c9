#include "check/checker.h"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <map>
#include <mutex>
#include <optional>
#include <thread>

#include "check/attempts.h"
#include "check/interrupt.h"
#include "check/judging.h"
#include "check/own_network.h"
#include "check/progress.h"
#include "check/scenarios.h"
#include "net/endpoint.h"

namespace lastword {
namespace {

double seconds(Clock::duration span) { return std::chrono::duration<double>(span).count(); }

bool own_networks_are_permitted() {
  bool permitted = false;
  std::thread([&] { permitted = enter_own_network().has_value(); }).join();
  return permitted;
}

/// One scenario, its cases, and what came of them.
struct Job {
  const Scenario* scenario = nullptr;
  std::vector<Case> cases;
  JobResult result;
};

class Check {
 public:
  Check(const CheckSettings& settings, std::vector<Job>& jobs)
      : settings_(settings),
        jobs_(jobs),
        side_by_side_(settings.has_command() && !settings.serial && jobs.size() > 0 &&
                      own_networks_are_permitted()),
        progress_(jobs.size(), isatty(STDERR_FILENO) != 0, settings.verbose) {}

  void play_all() {
    if (!side_by_side_) {
      for (Job& job : jobs_) play(job);
      return;
    }
    std::vector<std::thread> threads;
    for (Job& job : jobs_) threads.emplace_back([&] { play(job); });
    for (std::thread& thread : threads) thread.join();
  }

 private:
  void play(Job& job) {
    if (const auto reason = reason_to_skip(*job.scenario)) {
      job.result = skip_all(job.cases, *reason);
      return;
    }
    progress_.begin(job.scenario->name);
    const auto begun = Clock::now();
    const auto attempt = [&](int number) { return sight_of(*job.scenario, number); };
    const auto repeat = [&](const std::string& why) { progress_.repeat(job.scenario->name, why); };
    const bool may_repeat = settings_.has_command() || settings_.accepts == 0;
    job.result = play_until_decided(settings_, job.cases, attempt, repeat, may_repeat);
    note(job);
    progress_.end(job.scenario->name, seconds(Clock::now() - begun));
  }

  /// Each attempt has a network of its own, so that nothing is left of the one before it.
  RunSight sight_of(const Scenario& scenario, int number) {
    const std::uint64_t seed = settings_.seed * 16 + static_cast<std::uint64_t>(number);
    if (!side_by_side_) return run_once(settings_, scenario, seed, number);
    RunSight sight;
    std::thread([&] {
      const auto entered = enter_own_network();
      if (entered) {
        sight = run_once(settings_, scenario, seed, number);
      } else {
        sight.could_not_start = entered.error();
      }
    }).join();
    return sight;
  }

  std::optional<std::string> reason_to_skip(const Scenario& scenario) {
    const std::lock_guard lock(mutex_);
    if (stop_requested()) return "the check was ended before it";
    if (!scenario.applies(settings_)) {
      return fmt::format("needs {} connections{}; the server accepts {}",
                         writers_of(settings_, scenario),
                         settings_.hold.count() == 0 ? " and a hold" : "", settings_.accepts);
    }
    if (scenario.needs_command && !settings_.has_command()) {
      return "needs a command that starts the server";
    }
    if (settings_.has_command() || settings_.accepts == 0) return std::nullopt;
    used_ += writers_of(settings_, scenario);
    if (used_ <= settings_.accepts) return std::nullopt;
    return fmt::format("the server's {} accepts are used up", settings_.accepts);
  }

  void note(const Job& job) {
    if (!settings_.fail_fast) return;
    for (std::size_t index = 0; index < job.cases.size(); ++index) {
      const CaseOutcome outcome = job.result.cases[index].outcome;
      const bool counts = outcome == CaseOutcome::fail || outcome == CaseOutcome::could_not_test ||
                          (settings_.strict && outcome == CaseOutcome::warn);
      if (counts) request_stop();
    }
  }

  const CheckSettings& settings_;
  std::vector<Job>& jobs_;
  const bool side_by_side_;
  Progress progress_;
  std::mutex mutex_;
  std::uint64_t used_ = 0;
};

std::vector<Job> jobs_for(const std::vector<Case>& cases) {
  std::vector<Job> jobs;
  for (const Scenario& scenario : all_scenarios()) {
    Job job;
    job.scenario = &scenario;
    std::copy_if(cases.begin(), cases.end(), std::back_inserter(job.cases),
                 [&](const Case& one) { return one.scenario == scenario.name; });
    if (!job.cases.empty()) jobs.push_back(std::move(job));
  }
  return jobs;
}

}  // namespace

std::string target_of(const CheckSettings& settings) {
  if (settings.has_command()) return shell_quoted(settings.command);
  return to_string(Endpoint{settings.host, settings.port});
}

CheckReport check(const CheckSettings& settings, const std::vector<Case>& cases) {
  CheckReport report;
  report.target = target_of(settings);
  report.options = {settings.hold, settings.tolerance, settings.accepts, settings.seed,
                    settings.strict};
  report.started = std::chrono::system_clock::now();
  auto jobs = jobs_for(cases);
  Check(settings, jobs).play_all();

  std::map<std::string_view, CaseResult> results;
  for (const Job& job : jobs) {
    for (std::size_t index = 0; index < job.cases.size(); ++index) {
      results[job.cases[index].id] = job.result.cases[index];
    }
    const auto& sight = job.result.sight;
    if (!sight || sight->could_not_start) continue;
    if (job.scenario->name == "course") report.scope = measured_scope(settings, *sight);
    if (job.scenario->recorded) {
      HistoryResult history;
      history.case_id = fmt::format("3.4/{}", job.scenario->name);
      history.history = history_of(settings, *job.scenario, *sight);
      history.verdict = judge(history.history);
      report.histories.push_back(std::move(history));
    }
  }
  for (const Case& one : cases) {
    CaseResult result = results[one.id];
    result.rerun = rerun_command(settings, one.id);
    report.cases.push_back(std::move(result));
  }
  report.interrupted = interrupted();
  report.finished = std::chrono::system_clock::now();
  return report;
}

}  // namespace lastword
