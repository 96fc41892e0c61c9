#include "check/stress.h"

#include <fmt/format.h>
#include <sys/socket.h>

#include <algorithm>
#include <atomic>
#include <iterator>
#include <optional>
#include <random>
#include <thread>
#include <vector>

#include "check/checker.h"
#include "check/interrupt.h"
#include "check/own_network.h"
#include "check/server_process.h"
#include "client/writer.h"
#include "protocol/refusal.h"

namespace lastword {
namespace {

using namespace std::chrono_literals;

std::int64_t now_ns() {
  return std::chrono::duration_cast<std::chrono::nanoseconds>(Clock::now().time_since_epoch())
      .count();
}

/// One session. Its message ends with a NUL, so that no server waits for a quiet gap.
SessionRecord play_session(const CheckSettings& check, std::uint64_t number) {
  SessionRecord record;
  record.number = number;
  record.message = fmt::format("s{:x}", number);
  const Deadline deadline = Clock::now() + 2 * check.hold + 10s;
  auto writer = Writer::connect({check.host, check.port}, deadline);
  std::string reply;
  if (writer) {
    record.connected_ns = now_ns();
    record.sent_ns = now_ns();
    bool open = writer->send(record.message + '\0', deadline).has_value();
    while (open && reply.size() < 100) {
      const auto piece = writer->receive(deadline);
      open = piece && !piece->closed && !piece->timed_out;
      if (!open) break;
      record.last_byte_ns = now_ns();
      if (reply.empty()) record.first_byte_ns = record.last_byte_ns;
      reply += piece->bytes;
      if (reply.find('\0') != std::string::npos) break;
    }
    // No TIME_WAIT on either side: there are fewer ports than sessions.
    const linger none{1, 0};
    setsockopt(writer->fd(), SOL_SOCKET, SO_LINGER, &none, sizeof none);
  }
  record.ended_ns = now_ns();
  if (is_refusal(reply) || reply.empty()) return record;
  record.outcome = Outcome::replied;
  record.reply = reply.substr(0, reply.find('\0'));
  return record;
}

std::vector<SessionRecord> play_sessions(const CheckSettings& check,
                                         const StressSettings& settings) {
  std::atomic<std::uint64_t> next = 0;
  std::vector<std::vector<SessionRecord>> of_writer(settings.writers);
  std::vector<std::thread> threads;
  for (std::size_t writer = 0; writer < settings.writers; ++writer) {
    threads.emplace_back([&, writer] {
      std::mt19937_64 random(check.seed * 10'007 + writer);
      while (!stop_requested()) {
        const std::uint64_t number = ++next;
        if (number > settings.sessions) return;
        of_writer[writer].push_back(play_session(check, number));
        if (settings.pause == 0ns) continue;
        const auto longest = static_cast<std::uint64_t>(settings.pause.count());
        std::this_thread::sleep_for(std::chrono::nanoseconds(random() % longest));
      }
    });
  }
  std::vector<SessionRecord> all;
  for (std::size_t writer = 0; writer < settings.writers; ++writer) {
    threads[writer].join();
    std::move(of_writer[writer].begin(), of_writer[writer].end(), std::back_inserter(all));
  }
  return all;
}

/// What the sessions showed; a string says why they could not be played.
Result<std::vector<SessionRecord>> play(const CheckSettings& check,
                                        const StressSettings& settings) {
  if (!check.has_command()) return play_sessions(check, settings);
  Result<std::vector<SessionRecord>> sessions = failure("not played");
  std::thread([&] {
    // Where there is no network of its own, this machine's will do.
    if (!check.serial) static_cast<void>(enter_own_network());
    auto server = ServerProcess::start(check.command, {});
    if (server) {
      if (const auto listens = server->wait_until_listening(check.port, Clock::now() + 10s)) {
        sessions = play_sessions(check, settings);
      } else {
        sessions = tl::unexpected(listens.error());
      }
    } else {
      sessions = tl::unexpected(server.error());
    }
  }).join();
  return sessions;
}

CaseResult result_of(const HistoryResult& history) {
  CaseResult result;
  const auto& sessions = history.history.sessions;
  const auto replied = std::count_if(sessions.begin(), sessions.end(), [](const auto& session) {
    return session.outcome == Outcome::replied;
  });
  result.actual = fmt::format("{} sessions, {} of them answered", sessions.size(), replied);
  result.reason = history.verdict.reason;
  switch (history.verdict.decision) {
    case Decision::linearizable:
      result.outcome = replied > 0 ? CaseOutcome::pass : CaseOutcome::inconclusive;
      break;
    case Decision::not_linearizable: result.outcome = CaseOutcome::fail; break;
    case Decision::inconclusive: result.outcome = CaseOutcome::inconclusive; break;
  }
  for (const Finding& finding : history.verdict.findings)
    result.evidence.push_back(finding.sentence);
  return result;
}

}  // namespace

CheckReport stress(const CheckSettings& check, const StressSettings& settings) {
  CheckReport report;
  report.target = target_of(check);
  report.options = {check.hold, check.tolerance, check.accepts, check.seed, check.strict};
  report.started = std::chrono::system_clock::now();
  auto sessions = play(check, settings);
  CaseResult result;
  if (sessions) {
    HistoryResult history;
    history.case_id = "3.4/stress";
    history.history.name = "stress";
    history.history.hold_ns = check.hold.count();
    history.history.slack_ns = check.early().count();
    history.history.sessions = std::move(*sessions);
    history.verdict = judge(history.history);
    result = result_of(history);
    report.histories.push_back(std::move(history));
  } else {
    result.outcome = CaseOutcome::could_not_test;
    result.reason = sessions.error().text;
  }
  result.rule = "3.4";
  result.section = section_title(result.rule);
  result.id = "3.4/stress";
  result.title = fmt::format("one atomic register: {} sessions, {} at a time", settings.sessions,
                             settings.writers);
  result.requirement = "The slot is linearizable over any number of sessions.";
  result.expected = "an order of stores and loads that explains every reply";
  result.rerun = rerun_command(
      check,
      {"--stress", std::to_string(settings.sessions), "--writers", std::to_string(settings.writers),
       "--pause",
       fmt::format("{}us", std::chrono::round<std::chrono::microseconds>(settings.pause).count())});
  report.cases.push_back(std::move(result));
  report.interrupted = interrupted();
  report.finished = std::chrono::system_clock::now();
  return report;
}

}  // namespace lastword
