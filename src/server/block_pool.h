#pragma once

#include <array>
#include <cassert>
#include <cstddef>
#include <memory>
#include <vector>

namespace lastword {

/// Memory for things of one type, of which a thread may have a million: blocks that lie side by
/// side, with no word of their own. What was given back is used again, and none of it goes back to
/// the machine before the pool does.
template <class T>
class BlockPool {
 public:
  BlockPool() = default;
  BlockPool(const BlockPool&) = delete;
  BlockPool& operator=(const BlockPool&) = delete;

  /// Room for one T. Throws std::bad_alloc.
  void* take() {
    if (!free_) grow();
    Block* block = free_;
    free_ = block->next;
    return block;
  }

  /// Takes back what take() gave.
  void give_back(void* room) noexcept {
    Block* block = static_cast<Block*>(room);
    block->next = free_;
    free_ = block;
  }

 private:
  union Block {
    Block* next;
    alignas(T) std::byte room[sizeof(T)];
  };
  using Chunk = std::array<Block, 128>;

  void grow() {
    // No initialisation: the kernel gives a page when it is first used.
    chunks_.push_back(std::unique_ptr<Chunk>(new Chunk));
    for (Block& block : *chunks_.back()) give_back(&block);
  }

  std::vector<std::unique_ptr<Chunk>> chunks_;
  Block* free_ = nullptr;
};

}  // namespace lastword
