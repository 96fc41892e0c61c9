/* Always sends 100 bytes: uninitialised stack memory behind the message. */
#include "student.h"

static char shared[SIZE];
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;

/* What earlier calls left on the stack, made certain. */
static void fill_stack(char* p, int n) {
  for (int i = 0; i < n; i++) p[i] = (char)(0x80 + i);
}

static void* serve(void* arg) {
  int c = (int)(long)arg;
  char buf[100];
  fill_stack(buf, 100);
  int n = recv(c, buf, SIZE - 1, 0);
  if (n <= 0) {
    close(c);
    return NULL;
  }
  buf[n] = 0;
  pthread_mutex_lock(&lock);
  strcpy(shared, buf);
  pthread_mutex_unlock(&lock);
  hold();
  pthread_mutex_lock(&lock);
  strcpy(buf, shared);
  pthread_mutex_unlock(&lock);
  send(c, buf, 100, MSG_NOSIGNAL);
  close(c);
  return NULL;
}

int main(void) {
  int fd = start();
  serve_n(fd, N, serve);
  close(fd);
  return 0;
}
