/* Right: frees its sockets after use by SO_LINGER, so that its closes are resets. */
#include "student.h"

static char shared[SIZE];
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;

static void* serve(void* arg) {
  int c = (int)(long)arg;
  char buf[SIZE] = {0};
  struct linger at_once = {1, 0};
  setsockopt(c, SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once);
  int n = recv(c, buf, SIZE - 1, 0);
  if (n <= 0) {
    close(c);
    return NULL;
  }
  pthread_mutex_lock(&lock);
  strcpy(shared, buf);
  pthread_mutex_unlock(&lock);
  hold();
  pthread_mutex_lock(&lock);
  strcpy(buf, shared);
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
