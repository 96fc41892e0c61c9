#pragma once

#include <mutex>
#include <set>
#include <string>
#include <string_view>

namespace lastword {

/// Says on stderr how far a check is: one line that changes on a terminal, else a line for each
/// run. Safe from any thread.
class Progress {
 public:
  Progress(std::size_t runs, bool on_terminal, bool verbose);
  ~Progress();

  void begin(std::string_view scenario);
  void repeat(std::string_view scenario, const std::string& why);
  void end(std::string_view scenario, double seconds);

 private:
  void draw();

  const std::size_t runs_;
  const bool on_terminal_;
  const bool verbose_;
  std::mutex mutex_;
  std::size_t done_ = 0;
  std::set<std::string, std::less<>> running_;
};

}  // namespace lastword
