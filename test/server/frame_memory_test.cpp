#include "server/frame_memory.h"

#include <gtest/gtest.h>

#include <array>
#include <thread>

namespace lastword {
namespace {

TEST(SpareFrames, OneThatWasReleasedServesTheNextOfItsSize) {
#ifdef __SANITIZE_ADDRESS__
  GTEST_SKIP() << "it would hide from the sanitizer who uses a frame that is over";
#endif
  std::thread([] {
    SpareFrames frames;
    frames.use();
    void* first = SpareFrames::allocate(100);
    SpareFrames::release(first, 100);
    EXPECT_EQ(SpareFrames::allocate(120), first) << "sizes are rounded up";
    void* larger = SpareFrames::allocate(500);
    EXPECT_NE(larger, first) << "it is in use";
    SpareFrames::release(larger, 500);
    SpareFrames::release(first, 120);
    EXPECT_EQ(SpareFrames::allocate(500), larger);
    SpareFrames::release(larger, 500);
  }).join();
}

TEST(SpareFrames, OneThatIsTooLargeOrOfAnotherThreadIsTheHeaps) {
  void* foreign = SpareFrames::allocate(100);  // this thread has none
  std::thread([foreign] {
    SpareFrames frames;
    frames.use();
    SpareFrames::release(foreign, 100);
    SpareFrames::release(SpareFrames::allocate(1 << 20), 1 << 20);
  }).join();
}

TEST(FrameMemory, IsAStackAndWhatDoesNotFitComesFromElsewhere) {
  alignas(FrameMemory::alignment) std::array<std::byte, 64> bytes;
  const FrameMemory memory(bytes);
  void* outer = FrameMemory::allocate(20);
  void* inner = FrameMemory::allocate(20);
  EXPECT_EQ(outer, bytes.data());
  EXPECT_EQ(inner, bytes.data() + 24);
  void* elsewhere = FrameMemory::allocate(20);
  EXPECT_TRUE(elsewhere < bytes.data() || elsewhere >= bytes.data() + bytes.size());
  FrameMemory::release(elsewhere, 20);
  FrameMemory::release(inner, 20);
  EXPECT_EQ(FrameMemory::allocate(30), inner);
  FrameMemory::release(inner, 30);
  FrameMemory::release(outer, 20);
}

}  // namespace
}  // namespace lastword
