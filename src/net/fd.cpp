#include "net/fd.h"

#include <unistd.h>

namespace lastword {

void Fd::close() {
  if (fd_ >= 0) ::close(std::exchange(fd_, -1));
}

}  // namespace lastword
