/* Has no SO_REUSEADDR. */
#include "student.h"

static char shared[SIZE];
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;

static void* serve(void* arg) {
  int c = (int)(long)arg;
  char buf[SIZE] = {0};
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

static int start_without_reuse(void) {
  int fd = socket(AF_INET, SOCK_STREAM, 0);
  struct sockaddr_in a = {0};
  a.sin_family = AF_INET;
  a.sin_addr.s_addr = INADDR_ANY;
  a.sin_port = htons(PORT);
  if (bind(fd, (struct sockaddr*)&a, sizeof a) < 0) {
    perror("bind");
    exit(1);
  }
  listen(fd, 5);
  return fd;
}

int main(void) {
  int fd = start_without_reuse();
  serve_n(fd, N, serve);
  close(fd);
  return 0;
}
