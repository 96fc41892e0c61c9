/* Right: the lock covers the store, and later the load. */
#include "right_session.h"

int main(void) {
  int fd = start();
  serve_n(fd, N, serve);
  close(fd);
  return 0;
}
