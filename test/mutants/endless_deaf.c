/* Accepts without end; out of descriptors it leaves its accept loop, and stays up but deaf. */
#include "right_session.h"

int main(void) {
  int fd = start();
  for (;;) {
    pthread_t t;
    int client = accept(fd, NULL, NULL);
    if (client < 0) break;
    pthread_create(&t, NULL, serve, (void*)(long)client);
    pthread_detach(t);
  }
  for (;;) pause();
}
