/* Accepts without end, and drops one store in ten thousand, which only --stress can tell. */
#include "student.h"

static char shared[SIZE];
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;

#ifndef DROP_ONE_IN
#define DROP_ONE_IN 10000
#endif

static unsigned long stores;

static void* serve(void* arg) {
  int c = (int)(long)arg;
  char buf[SIZE] = {0};
  int n = recv(c, buf, SIZE - 1, 0);
  if (n <= 0) {
    close(c);
    return NULL;
  }
  pthread_mutex_lock(&lock);
  if (++stores % DROP_ONE_IN != 0) strcpy(shared, buf);
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
  for (;;) {
    pthread_t t;
    int client = accept(fd, NULL, NULL);
    pthread_create(&t, NULL, serve, (void*)(long)client);
    pthread_detach(t);
  }
}
