/* Right: takes two seconds to start, every time. */
#include "right_session.h"

int main(void) {
  sleep(2);
  int fd = start();
  serve_n(fd, N, serve);
  close(fd);
  return 0;
}
