/* Right: frees its sockets after use by SO_LINGER, so that its closes are resets. */
#include "right_session.h"

static void* serve_and_reset(void* arg) {
  struct linger at_once = {1, 0};
  setsockopt((int)(long)arg, SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once);
  return serve(arg);
}

int main(void) {
  int fd = start();
  serve_n(fd, N, serve_and_reset);
  close(fd);
  return 0;
}
