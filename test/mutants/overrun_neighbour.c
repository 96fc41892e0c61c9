/* A message of 20 characters loses its terminator: what lies behind the memory is sent too. */
#include "student.h"

static struct {
  char message[SIZE];
  char password[16];
} shared = {"", "osnode16-secret"};
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;

static void* serve(void* arg) {
  int c = (int)(long)arg;
  char buf[100] = {0};
  char* all = (char*)&shared;
  if (recv(c, buf, sizeof buf - 1, 0) <= 0) {
    close(c);
    return NULL;
  }
  pthread_mutex_lock(&lock);
  strncpy(shared.message, buf, SIZE);
  pthread_mutex_unlock(&lock);
  hold();
  pthread_mutex_lock(&lock);
  send(c, all, strlen(all), MSG_NOSIGNAL);
  pthread_mutex_unlock(&lock);
  close(c);
  return NULL;
}

int main(void) {
  int fd = start();
  serve_n(fd, N, serve);
  close(fd);
  return 0;
}
