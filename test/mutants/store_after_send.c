/* Sleeps, sends what is there, and only then stores. */
#include "student.h"

static char shared[SIZE];
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;

static void* serve(void* arg) {
  int c = (int)(long)arg;
  char buf[SIZE] = {0}, out[SIZE] = {0};
  recv(c, buf, SIZE - 1, 0);
  hold();
  pthread_mutex_lock(&lock);
  strcpy(out, shared);
  strcpy(shared, buf);
  pthread_mutex_unlock(&lock);
  send(c, out, SIZE, MSG_NOSIGNAL);
  close(c);
  return NULL;
}

int main(void) {
  int fd = start();
  serve_n(fd, N, serve);
  close(fd);
  return 0;
}
