/* The address of one variable is passed to every thread, and read again for the reply. */
#include "student.h"

static char shared[SIZE];
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;

static void* serve(void* arg) {
  int* c = arg; /* still the accept loop's variable */
  char buf[SIZE] = {0};
  recv(*c, buf, SIZE - 1, 0);
  pthread_mutex_lock(&lock);
  strcpy(shared, buf);
  pthread_mutex_unlock(&lock);
  hold();
  pthread_mutex_lock(&lock);
  strcpy(buf, shared);
  pthread_mutex_unlock(&lock);
  send(*c, buf, strlen(buf), MSG_NOSIGNAL);
  return NULL;
}

int main(void) {
  int fd = start(), client;
  pthread_t t[N];
  for (int i = 0; i < N; i++) {
    client = accept(fd, NULL, NULL);
    pthread_create(&t[i], NULL, serve, &client);
  }
  for (int i = 0; i < N; i++) pthread_join(t[i], NULL);
  return 0;
}
