/* A message of 20 characters overruns the memory into a counter, and the server divides by zero. */
#include "student.h"

static struct {
  char message[SIZE];
  unsigned char served; /* how many writers have been, this one included */
} shared;
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;

static void* serve(void* arg) {
  int c = (int)(long)arg;
  char buf[100] = {0};
  if (recv(c, buf, sizeof buf - 1, 0) <= 0) {
    close(c);
    return NULL;
  }
  pthread_mutex_lock(&lock);
  shared.served++;
  memcpy(shared.message, buf, strlen(buf) + 1);
  printf("%d%% of the writers are still to come\n", 100 * (N - shared.served) / shared.served);
  pthread_mutex_unlock(&lock);
  hold();
  pthread_mutex_lock(&lock);
  strcpy(buf, shared.message);
  pthread_mutex_unlock(&lock);
  send(c, buf, strlen(buf), MSG_NOSIGNAL);
  close(c);
  return NULL;
}

int main(void) {
  int fd = start();
  serve_n(fd, N, serve);
  close(fd);
  return 0;
}
