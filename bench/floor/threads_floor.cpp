// The bare server of one blocking thread per connection: threads_floor [HOLD_MS]. Prints its port.
#include <pthread.h>
#include <time.h>
#include <unistd.h>

#include <mutex>

#include "floor.h"

static std::mutex mutex;
static Slot slot;
static timespec hold;

static void* serve(void* argument) {
  const int fd = static_cast<int>(reinterpret_cast<long>(argument));
  char buffer[32];
  const ssize_t got = recv(fd, buffer, sizeof buffer, 0);
  if (got > 0) {
    {
      const std::lock_guard lock(mutex);
      slot.store(buffer, static_cast<int>(got));
    }
    if (hold.tv_sec != 0 || hold.tv_nsec != 0) nanosleep(&hold, nullptr);
    Slot loaded;
    {
      const std::lock_guard lock(mutex);
      loaded = slot;
    }
    send(fd, loaded.bytes, static_cast<size_t>(loaded.size), MSG_NOSIGNAL);
  }
  close(fd);
  return nullptr;
}

int main(int argc, char** argv) {
  hold = {hold_ms(argc, argv) / 1000, hold_ms(argc, argv) % 1000 * 1'000'000};
  const int listener = listen_on_free_port(0);
  pthread_attr_t attributes;
  pthread_attr_init(&attributes);
  pthread_attr_setdetachstate(&attributes, PTHREAD_CREATE_DETACHED);
  pthread_attr_setstacksize(&attributes, 128 * 1024);  // as much as the engine `threads` takes
  for (;;) {
    const long fd = accept4(listener, nullptr, nullptr, 0);
    pthread_t thread;
    if (fd >= 0 && pthread_create(&thread, &attributes, serve, reinterpret_cast<void*>(fd)) != 0) {
      close(static_cast<int>(fd));
    }
  }
}
