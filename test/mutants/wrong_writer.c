/* Keeps the sockets in an array, and replies to the one that was accepted last. */
#include "student.h"

static char shared[SIZE];
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;

static int sockets[N], count;

static void* serve(void* arg) {
  int c = (int)(long)arg;
  char buf[SIZE] = {0};
  recv(c, buf, SIZE - 1, 0);
  pthread_mutex_lock(&lock);
  strcpy(shared, buf);
  pthread_mutex_unlock(&lock);
  hold();
  pthread_mutex_lock(&lock);
  strcpy(buf, shared);
  c = sockets[count - 1];
  pthread_mutex_unlock(&lock);
  send(c, buf, strlen(buf), MSG_NOSIGNAL);
  return NULL;
}

int main(void) {
  pthread_t t[N];
  int fd = start();
  for (int i = 0; i < N; i++) {
    int client = accept(fd, NULL, NULL);
    pthread_mutex_lock(&lock);
    sockets[count++] = client;
    pthread_mutex_unlock(&lock);
    pthread_create(&t[i], NULL, serve, (void*)(long)client);
  }
  for (int i = 0; i < N; i++) pthread_join(t[i], NULL);
  return 0;
}
