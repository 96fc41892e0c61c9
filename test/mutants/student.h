/* What every one of these programs needs and none gets wrong on purpose: includes, the port, the
   count, and the sleep. HOLD_MS is 2000 in the course; the tests compile with less. */
#ifndef STUDENT_H
#define STUDENT_H

#include <arpa/inet.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define PORT 1050
#define N 3
#define SIZE 20
#ifndef HOLD_MS
#define HOLD_MS 2000
#endif
#ifndef BACKLOG
#define BACKLOG 5
#endif

static inline void hold(void) {
  struct timespec t = {HOLD_MS / 1000, HOLD_MS % 1000 * 1000000L};
  nanosleep(&t, NULL);
}

/* socket, setsockopt, bind, listen */
static inline int start(void) {
  int fd = socket(AF_INET, SOCK_STREAM, 0), yes = 1;
  struct sockaddr_in a = {0};
  setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes);
  a.sin_family = AF_INET;
  a.sin_addr.s_addr = INADDR_ANY;
  a.sin_port = htons(PORT);
  if (bind(fd, (struct sockaddr*)&a, sizeof a) < 0 || listen(fd, BACKLOG) < 0) {
    perror("bind");
    exit(1);
  }
  return fd;
}

/* Accepts n writers, a thread for each with its socket as argument, and waits for all of them. */
static inline void serve_n(int fd, int n, void* (*serve)(void*)) {
  pthread_t t[64];
  for (int i = 0; i < n; i++) {
    int client = accept(fd, NULL, NULL);
    pthread_create(&t[i], NULL, serve, (void*)(long)client);
  }
  for (int i = 0; i < n; i++) pthread_join(t[i], NULL);
}

#endif
