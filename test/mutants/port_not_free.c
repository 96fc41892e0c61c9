/* Has no SO_REUSEADDR. */
#include "right_session.h"

static int start_without_reuse(void) {
  int fd = socket(AF_INET, SOCK_STREAM, 0);
  struct sockaddr_in a = {0};
  a.sin_family = AF_INET;
  a.sin_addr.s_addr = INADDR_ANY;
  a.sin_port = htons(PORT);
  if (bind(fd, (struct sockaddr*)&a, sizeof a) < 0) {
    perror("bind");
    exit(1);
  }
  listen(fd, 5);
  return fd;
}

int main(void) {
  int fd = start_without_reuse();
  serve_n(fd, N, serve);
  close(fd);
  return 0;
}
