#pragma once

#include <cstddef>
#include <new>
#include <span>
#include <utility>

namespace lastword {

/// Has this thread take the frames of its coroutines from `bytes`, while this lives: as much as
/// fits, and the rest from the heap. Frames end in the opposite order of their beginnings, so it is
/// a stack. A frame that came from there must end while it lives, or while another for the same
/// bytes does.
class FrameMemory {
 public:
  /// What a frame needs: it holds pointers, and bytes. `bytes` must have it.
  static constexpr std::size_t alignment = alignof(void*);

  explicit FrameMemory(std::span<std::byte> bytes)
      : bytes_(bytes), outer_(std::exchange(of_this_thread_, this)) {}
  FrameMemory(const FrameMemory&) = delete;
  FrameMemory& operator=(const FrameMemory&) = delete;
  ~FrameMemory() { of_this_thread_ = outer_; }

  /// Throws std::bad_alloc.
  static void* allocate(std::size_t size) {
    FrameMemory* own = of_this_thread_;
    if (!own || own->bytes_.size() - own->used_ < size) return ::operator new(size);
    void* frame = own->bytes_.data() + own->used_;
    own->used_ += (size + alignment - 1) / alignment * alignment;
    return frame;
  }

  /// Takes what allocate() gave on this thread.
  static void release(void* frame, std::size_t size) {
    FrameMemory* own = of_this_thread_;
    if (!own || !own->owns(frame)) return ::operator delete(frame, size);
    own->used_ = static_cast<std::size_t>(static_cast<std::byte*>(frame) - own->bytes_.data());
  }

 private:
  bool owns(const void* frame) const {
    return frame >= bytes_.data() && frame < bytes_.data() + bytes_.size();
  }

  static inline constinit thread_local FrameMemory* of_this_thread_ = nullptr;
  std::span<std::byte> bytes_;
  FrameMemory* outer_;
  std::size_t used_ = 0;
};

}  // namespace lastword
