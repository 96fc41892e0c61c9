/* Copies byte by byte without a lock. */
#include "student.h"

static char shared[SIZE];

static void *serve(void *arg) {
  int c = (int)(long)arg;
  char buf[SIZE] = {0};
  if (recv(c, buf, SIZE - 1, 0) <= 0) {
    close(c);
    return NULL;
  }
  for (int i = 0; i < SIZE; i++) {
    shared[i] = buf[i];
    usleep(HOLD_MS * 1000 / 4 / SIZE); /* the switch of threads that a stress would bring */
  }
  hold();
  send(c, shared, strlen(shared), MSG_NOSIGNAL);
  close(c);
  return NULL;
}

int main(void) {
  int fd = start();
  serve_n(fd, N, serve);
  close(fd);
  return 0;
}
