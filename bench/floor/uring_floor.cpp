// The bare io_uring server, without a hold: uring_floor. Prints its port.
#include <liburing.h>

#include "floor.h"

enum : unsigned { accept_done, receive_done, close_done };

int main() {
  constexpr unsigned most = 16'384;  // sessions at once, each in a place of the ring's own table
  static char buffers[most][20];
  Slot slot;
  io_uring ring;
  io_uring_params params{};
  params.flags = IORING_SETUP_SINGLE_ISSUER | IORING_SETUP_DEFER_TASKRUN | IORING_SETUP_CQSIZE;
  params.cq_entries = 8192;
  if (io_uring_queue_init_params(2048, &ring, &params) != 0 ||
      io_uring_register_files_sparse(&ring, most) != 0) {
    return 3;
  }
  const auto next = [&](unsigned kind, unsigned session, auto prepare, auto... arguments) {
    io_uring_sqe* sqe = io_uring_get_sqe(&ring);
    prepare(sqe, arguments...);
    sqe->user_data = (static_cast<unsigned long>(kind) << 32) | session;
    return sqe;
  };
  const int listener = listen_on_free_port(0);
  const auto accept = [&] {
    next(accept_done, 0, io_uring_prep_multishot_accept_direct, listener, nullptr, nullptr, 0);
  };
  accept();
  for (;;) {
    io_uring_submit_and_wait(&ring, 1);
    unsigned head = 0;
    unsigned seen = 0;
    io_uring_cqe* cqe = nullptr;
    io_uring_for_each_cqe(&ring, head, cqe) {
      ++seen;
      if (io_uring_sq_space_left(&ring) < 2) io_uring_submit(&ring);
      const bool accepted = cqe->user_data >> 32 == accept_done;
      const unsigned session = accepted ? static_cast<unsigned>(cqe->res) : cqe->user_data;
      if (accepted && cqe->res >= 0) {
        next(receive_done, session, io_uring_prep_recv, session, buffers[session], 20, 0)->flags |=
            IOSQE_FIXED_FILE;
      }
      if (accepted && (cqe->flags & IORING_CQE_F_MORE) == 0) accept();
      if (cqe->user_data >> 32 != receive_done) continue;
      if (cqe->res > 0) slot.store(buffers[session], cqe->res);
      memcpy(buffers[session], slot.bytes, 20);
      next(close_done, session, io_uring_prep_send, session, buffers[session], slot.size,
           MSG_NOSIGNAL)
          ->flags |= IOSQE_FIXED_FILE | IOSQE_IO_HARDLINK | IOSQE_CQE_SKIP_SUCCESS;
      next(close_done, session, io_uring_prep_close_direct, session)->flags |=
          IOSQE_CQE_SKIP_SUCCESS;
    }
    io_uring_cq_advance(&ring, seen);
  }
}
