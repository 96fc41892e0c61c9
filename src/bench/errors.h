#pragma once

#include <array>
#include <cstdint>
#include <nlohmann/json_fwd.hpp>
#include <string>
#include <string_view>

namespace lastword {

/// What can go wrong with one session of a bench run; any of it makes the run fail.
enum class ErrorKind {
  refused,             ///< the server said so in one line (SPEC 4.4)
  connect_failed,      ///< no connection; the example names the errno
  reset,               ///< the connection broke
  closed,              ///< in good order, but before the answer was complete
  wrong_ending,        ///< the reply does not end as its message did, or more follows (SPEC 4.3)
  foreign,             ///< nothing that a writer of this run could have sent
  torn,                ///< looks like a message of this run, but its check fails (SPEC 3.1)
  invented,            ///< a message of this run that nobody had sent by then
  early,               ///< before the hold was over (SPEC 4.1)
  wrong_answer,        ///< of another protocol
  timed_out,           ///< nothing complete within hold and time-out
  out_of_descriptors,  ///< the generator's own limit, not the server's
  out_of_ports,        ///< likewise
};

inline constexpr std::size_t error_kinds = 13;

/// One word for tables and JSON, such as `timed_out`.
std::string_view name_of(ErrorKind kind);

/// Counts by kind, with the first example of each in words.
class Errors {
 public:
  struct Entry {
    std::uint64_t count = 0;
    std::string example;
  };

  void add(ErrorKind kind, std::string_view example, std::uint64_t count = 1);
  void merge(const Errors& other);

  const Entry& of(ErrorKind kind) const { return entries_[static_cast<std::size_t>(kind)]; }
  std::uint64_t total() const;

  nlohmann::json to_json() const;
  static Errors from_json(const nlohmann::json& json);

 private:
  std::array<Entry, error_kinds> entries_;
};

}  // namespace lastword
