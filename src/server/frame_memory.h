#pragma once

#include <cstddef>
#include <new>

namespace lastword {

/// A thread's own memory for the frames of its coroutines, while this lives: a thread that serves
/// one session then needs no heap for it, and can't run out of it in the middle. Frames end in the
/// opposite order of their beginnings, so it is a stack. What does not fit comes from the heap, and
/// so does everything on a thread that has none of these.
class FrameMemory {
 public:
  FrameMemory() { of_this_thread_ = this; }
  FrameMemory(const FrameMemory&) = delete;
  FrameMemory& operator=(const FrameMemory&) = delete;
  ~FrameMemory() { of_this_thread_ = nullptr; }

  /// Throws std::bad_alloc.
  static void* allocate(std::size_t size) {
    FrameMemory* own = of_this_thread_;
    if (!own || own->free() < size) return ::operator new(size);
    void* frame = own->bytes_ + own->used_;
    own->used_ += rounded_up(size);
    return frame;
  }

  /// Takes what allocate() gave on this thread.
  static void release(void* frame, std::size_t size) {
    FrameMemory* own = of_this_thread_;
    if (!own || !own->owns(frame)) return ::operator delete(frame, size);
    own->used_ = static_cast<std::size_t>(static_cast<std::byte*>(frame) - own->bytes_);
  }

 private:
  static constexpr std::size_t capacity = 2048;
  static std::size_t rounded_up(std::size_t size) {
    constexpr std::size_t alignment = __STDCPP_DEFAULT_NEW_ALIGNMENT__;
    return (size + alignment - 1) / alignment * alignment;
  }
  std::size_t free() const { return capacity - used_; }
  bool owns(const void* frame) const { return frame >= bytes_ && frame < bytes_ + capacity; }

  static inline thread_local FrameMemory* of_this_thread_ = nullptr;
  alignas(__STDCPP_DEFAULT_NEW_ALIGNMENT__) std::byte bytes_[capacity];
  std::size_t used_ = 0;
};

}  // namespace lastword
