/* Ends after its last accept, while the sessions still hold. */
#include "right_session.h"

int main(void) {
  int fd = start();
  for (int i = 0; i < N; i++) {
    pthread_t t;
    int client = accept(fd, NULL, NULL);
    pthread_create(&t, NULL, serve, (void*)(long)client);
  }
  close(fd);
  return 0; /* the threads end with the process */
}
