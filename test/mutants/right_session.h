/* A session that is right, for the programs whose fault lies elsewhere. */
#ifndef RIGHT_SESSION_H
#define RIGHT_SESSION_H

#include "student.h"

static char shared[SIZE];
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;

static void* serve(void* arg) {
  int c = (int)(long)arg;
  char buf[SIZE] = {0};
  if (recv(c, buf, SIZE - 1, 0) <= 0) {
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

#endif
