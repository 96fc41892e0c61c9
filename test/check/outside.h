#pragma once

#include <sys/wait.h>

#include <cstdio>
#include <string>
#include <string_view>

namespace lastword {

struct Ran {
  int exit_code = -1;
  std::string output;
};

/// Runs a shell command; `output` is its stdout.
inline Ran run(const std::string& command) {
  Ran ran;
  FILE* pipe = popen(command.c_str(), "r");
  if (pipe == nullptr) return ran;
  char piece[4096];
  while (const std::size_t got = fread(piece, 1, sizeof piece, pipe)) ran.output.append(piece, got);
  const int status = pclose(pipe);
  if (WIFEXITED(status)) ran.exit_code = WEXITSTATUS(status);
  return ran;
}

inline bool has_program(const std::string& name) {
  return run("command -v " + name + " 2>/dev/null").exit_code == 0;
}

inline std::size_t count_of(std::string_view needle, std::string_view text) {
  std::size_t count = 0;
  for (auto at = text.find(needle); at != text.npos; at = text.find(needle, at + 1)) ++count;
  return count;
}

}  // namespace lastword
