/* Copies in two halves, without a lock. */
#include "student.h"

static char shared[SIZE];
static int writers;

static void* serve(void* arg) {
  int c = (int)(long)arg;
  char buf[SIZE] = {0};
  if (recv(c, buf, SIZE - 1, 0) <= 0) {
    close(c);
    return NULL;
  }
  int behind_me = N - __sync_fetch_and_add(&writers, 1);
  memcpy(shared, buf, SIZE / 2);
  usleep(behind_me * HOLD_MS * 1000 /
         5); /* the switch of threads that comes one day, made certain */
  memcpy(shared + SIZE / 2, buf + SIZE / 2, SIZE / 2);
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
