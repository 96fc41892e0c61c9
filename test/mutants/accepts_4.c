/* Accepts four writers instead of three. */
#include "right_session.h"

int main(void) {
  int fd = start();
  serve_n(fd, N + 1, serve);
  close(fd);
  return 0;
}
