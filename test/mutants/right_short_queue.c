/* Right: its queue has room for one connection only, so that SYNs come again after a second. */
#define BACKLOG 0
#include "right_session.h"

int main(void) {
  int fd = start();
  serve_n(fd, N, serve);
  close(fd);
  return 0;
}
