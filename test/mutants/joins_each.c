/* Joins each thread before the next accept. */
#include "right_session.h"

int main(void) {
  int fd = start();
  for (int i = 0; i < N; i++) {
    pthread_t t;
    int client = accept(fd, NULL, NULL);
    pthread_create(&t, NULL, serve, (void*)(long)client);
    pthread_join(t, NULL);
  }
  close(fd);
  return 0;
}
