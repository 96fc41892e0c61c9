#pragma once

#include <array>
#include <cstddef>
#include <new>
#include <span>
#include <utility>

namespace lastword {

/// What coroutines that have ended leave to those that begin, on one thread: their frames from the
/// heap, by size. A session has several that live for microseconds only, and all are alike.
class SpareFrames {
 public:
  SpareFrames() = default;
  SpareFrames(const SpareFrames&) = delete;
  SpareFrames& operator=(const SpareFrames&) = delete;
  ~SpareFrames() {
    for (Spare* spare : spares_) {
      while (spare) ::operator delete(std::exchange(spare, spare->next));
    }
  }

  /// Has the calling thread use it from now on; it must outlive that thread's last coroutine.
  void use() {
#ifndef __SANITIZE_ADDRESS__  // which is to see who uses a frame that is over
    of_this_thread_ = this;
#endif
  }

  /// Throws std::bad_alloc.
  static void* allocate(std::size_t size) {
    const std::size_t units = units_of(size);
    SpareFrames* own = of_this_thread_;
    if (!own || units >= most_units || !own->spares_[units]) {
      return ::operator new(units* unit);
    }
    Spare*& first = own->spares_[units];
    return std::exchange(first, first->next);
  }

  /// Takes what allocate() gave, on any thread.
  static void release(void* frame, std::size_t size) {
    const std::size_t units = units_of(size);
    SpareFrames* own = of_this_thread_;
    if (!own || units >= most_units) return ::operator delete(frame);
    own->spares_[units] = new (frame) Spare{own->spares_[units]};
  }

 private:
  struct Spare {
    Spare* next;
  };
  static constexpr std::size_t unit = 64;
  static constexpr std::size_t most_units = 16;
  static constexpr std::size_t units_of(std::size_t size) { return (size + unit - 1) / unit; }

  static inline constinit thread_local SpareFrames* of_this_thread_ = nullptr;
  std::array<Spare*, most_units> spares_{};
};

/// Has this thread take the frames of its coroutines from `bytes`, while this lives: as much as
/// fits, and the rest from SpareFrames. Frames end in the opposite order of their beginnings, so it
/// is a stack. A frame that came from there must end while it lives, or while another for the same
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
    if (!own || own->bytes_.size() - own->used_ < size) return SpareFrames::allocate(size);
    void* frame = own->bytes_.data() + own->used_;
    own->used_ += (size + alignment - 1) / alignment * alignment;
    return frame;
  }

  /// Takes what allocate() gave on this thread.
  static void release(void* frame, std::size_t size) {
    FrameMemory* own = of_this_thread_;
    if (!own || !own->owns(frame)) return SpareFrames::release(frame, size);
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
