/* Accepts without end; out of descriptors it tries again at once, and spins. */
#include "right_session.h"

int main(void) {
  int fd = start();
  for (;;) {
    pthread_t t;
    int client = accept(fd, NULL, NULL);
    if (client < 0) continue;
    pthread_create(&t, NULL, serve, (void*)(long)client);
    pthread_detach(t);
  }
}
