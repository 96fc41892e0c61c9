#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <vector>

#include "bench/dialogue.h"
#include "bench/history_log.h"
#include "bench/message_code.h"
#include "protocol/ending.h"

namespace lastword {

/// What a writer of lastword says: its message, once. The answer is all that comes until the server
/// closes (SPEC 4.3): one whole message that some session of this run had sent, and the same
/// ending.
class LastwordDialogue final : public Dialogue {
 public:
  struct Options {
    std::uint64_t run = 0;  ///< random: tells this run's messages from others'
    Ending ending = Ending::lf;
    bool alone = false;  ///< one session at a time: it must be sent its own message
    std::optional<HistoryLog> history;
  };

  explicit LastwordDialogue(Options options);

  int steps() const override { return 1; }
  void request(const SessionId& session, int step, std::string& bytes) override;
  Judgement judge(const SessionId& session, int step, std::string_view bytes, bool closed) override;
  void ended(const SessionEnd& end) override;
  std::vector<std::uint64_t> named_sessions() const override { return named_; }
  std::optional<std::string> finish() override;

 private:
  Judgement judge_message(const SessionId& session, std::string_view message);

  MessageCode code_;
  Options options_;
  std::uint64_t sent_ = 0;  ///< this process has sent the messages of the numbers below
  std::vector<std::uint64_t> named_;
};

}  // namespace lastword
