/* Serves one connection after the other, without threads. */
#include "student.h"

static char shared[SIZE];

int main(void) {
  int fd = start();
  for (int i = 0; i < N; i++) {
    int c = accept(fd, NULL, NULL);
    memset(shared, 0, SIZE);
    recv(c, shared, SIZE - 1, 0);
    hold();
    send(c, shared, strlen(shared), MSG_NOSIGNAL);
    close(c);
  }
  close(fd);
  return 0;
}
