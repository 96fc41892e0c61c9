/* A writer of the shape that the course uses: it sends the bytes of its argument with no
 * terminator, does not half-close, receives once, and prints exactly what came.
 * ./one_receive_writer HOST PORT WORD */
#include <arpa/inet.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

int main(int argc, char* argv[]) {
  struct sockaddr_in server;
  char buf[100];
  int sock, n;

  if (argc != 4) return 2;
  memset(&server, 0, sizeof server);
  server.sin_family = AF_INET;
  server.sin_port = htons(atoi(argv[2]));
  server.sin_addr.s_addr = inet_addr(argv[1]);
  sock = socket(AF_INET, SOCK_STREAM, 0);
  if (connect(sock, (struct sockaddr*)&server, sizeof server) < 0) return 3;
  if (send(sock, argv[3], strlen(argv[3]), 0) < 0) return 4;
  n = recv(sock, buf, 100, 0);
  if (n < 0) return 5;
  fwrite(buf, 1, n, stdout);
  close(sock);
  return 0;
}
