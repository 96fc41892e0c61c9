#pragma once

#include <gtest/gtest.h>

#include <memory>
#include <nlohmann/json.hpp>
#include <ostream>
#include <string>
#include <vector>

#include "client/writer.h"
#include "support/process.h"

namespace lastword::test {

/// What every test of the server runs with: each engine that exists, in each scope.
struct Variant {
  std::string engine;
  std::string scope;

  std::vector<std::string> flags() const { return {"--engine", engine, "--scope", scope}; }
  friend std::ostream& operator<<(std::ostream& out, const Variant& variant) {
    return out << variant.engine << "_" << variant.scope;
  }
};

inline const std::vector<Variant> all_variants{{"threads", "access"}, {"threads", "session"},
                                               {"epoll", "access"},   {"epoll", "session"},
                                               {"uring", "access"},   {"uring", "session"}};

/// Whether engine `uring` can run on this machine; asked of the kernel, not of the server.
bool uring_is_permitted();

/// Those of them with one engine or in one scope, for what only that one does.
inline std::vector<Variant> variants_of(const std::string& word) {
  std::vector<Variant> variants = all_variants;
  std::erase_if(variants, [&](const Variant& variant) {
    return variant.engine != word && variant.scope != word;
  });
  return variants;
}

/// A lastword-server with its log in JSON, on a free port of the loopback and with a short hold
/// unless `flags` say otherwise.
class Server {
 public:
  /// `command_before` comes before the program, as in `prlimit ...`.
  explicit Server(const std::vector<std::string>& flags = {},
                  std::vector<std::string> command_before = {},
                  const std::string& executable = program("lastword-server"));

  std::uint16_t port() const { return port_; }
  Process& process() { return *process_; }

  /// A connected writer. Throws where the server takes no connection.
  Writer connect() const;

  /// The log so far, a JSON object a line; only whole lines.
  std::vector<nlohmann::json> log() const;
  /// The lines of one kind of event.
  std::vector<nlohmann::json> events(const std::string& name) const;
  /// Waits until there are at least `count` lines of that kind.
  bool has_logged(const std::string& name, std::size_t count = 1) const;

  /// Sends SIGTERM and waits for the end.
  std::optional<Exit> stop();

 private:
  TemporaryFolder folder_;
  std::uint16_t port_ = 0;
  std::unique_ptr<Process> process_;
};

/// All that a server sends until it closes, and how that ended.
struct Answer {
  std::string bytes;
  bool closed = false;  ///< in good order; otherwise reset, or not closed in time
  std::string error;    ///< what a failed receive said

  friend bool operator==(const Answer&, const Answer&) = default;
  friend std::ostream& operator<<(std::ostream& out, const Answer& answer);
};

Answer answer_to(Writer& writer, Clock::duration most = patience);

/// Connects, sends `bytes` in one piece, and receives all that comes.
Answer converse(const Server& server, std::string_view bytes);

/// What a good end looks like.
inline Answer reply(std::string_view bytes) { return {std::string(bytes), true, ""}; }

void send(Writer& writer, std::string_view bytes);

/// Closes so that the server's kernel is sent a reset and no end.
void reset(Writer writer);

/// A server for each variant.
class EveryVariant : public testing::TestWithParam<Variant> {
 protected:
  void SetUp() override {
    if (GetParam().engine == "uring" && !uring_is_permitted()) {
      GTEST_SKIP() << "io_uring is not permitted here";
    }
  }
  std::vector<std::string> with(std::vector<std::string> flags) const {
    const auto mine = GetParam().flags();
    flags.insert(flags.begin(), mine.begin(), mine.end());
    return flags;
  }
  bool is_session_scope() const { return GetParam().scope == "session"; }
};

inline const auto name_of_variant = [](const testing::TestParamInfo<Variant>& info) {
  return info.param.engine + "_" + info.param.scope;
};

#define LASTWORD_FOR_EVERY_VARIANT(suite) \
  INSTANTIATE_TEST_SUITE_P(Engines, suite, testing::ValuesIn(all_variants), name_of_variant)
#define LASTWORD_FOR_EVERY_VARIANT_OF(word, suite) \
  INSTANTIATE_TEST_SUITE_P(Engines, suite, testing::ValuesIn(variants_of(word)), name_of_variant)

}  // namespace lastword::test
