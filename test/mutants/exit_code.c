/* Ends with exit code 1. */
#include "right_session.h"

int main(void) {
  int fd = start();
  serve_n(fd, N, serve);
  close(fd);
  return 1;
}
