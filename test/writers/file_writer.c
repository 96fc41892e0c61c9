/* A writer that reads a file in 100-byte pieces and sends each piece, then receives once and prints
 * its buffer as a C string, which it never terminated itself. ./file_writer HOST PORT FILE */
#include <arpa/inet.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

int main(int argc, char* argv[]) {
  struct sockaddr_in server;
  char buf[100] = {0};
  char piece[100];
  FILE* file;
  size_t got;
  int sock;

  if (argc != 4) return 2;
  memset(&server, 0, sizeof server);
  server.sin_family = AF_INET;
  server.sin_port = htons(atoi(argv[2]));
  server.sin_addr.s_addr = inet_addr(argv[1]);
  sock = socket(AF_INET, SOCK_STREAM, 0);
  if (connect(sock, (struct sockaddr*)&server, sizeof server) < 0) return 3;
  file = fopen(argv[3], "r");
  if (file == NULL) return 6;
  while ((got = fread(piece, 1, sizeof piece, file)) > 0) {
    if (send(sock, piece, got, 0) < 0) return 4;
  }
  fclose(file);
  if (recv(sock, buf, 100, 0) < 0) return 5;
  printf("%s", buf);
  close(sock);
  return 0;
}
