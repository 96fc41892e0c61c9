#include "app/output.h"

#include <fcntl.h>
#include <unistd.h>

#include <cstdio>

namespace lastword {

void open_standard_descriptors() {
  for (int fd = STDIN_FILENO; fd <= STDERR_FILENO; ++fd) {
    // The least free descriptor is `fd`. Open for reading only: what is written to it still fails.
    if (fcntl(fd, F_GETFD) < 0) open("/dev/null", O_RDONLY);
  }
}

bool print(const std::string& text) {
  return std::fputs(text.c_str(), stdout) >= 0 && std::fflush(stdout) == 0;
}

int fail(int code, const std::string& program, const std::string& why) {
  std::fputs((program + ": " + why + "\n").c_str(), stderr);
  return code;
}

}  // namespace lastword
