#include "slot/shm_slot.h"

#include <utility>

namespace lastword {

Result<std::unique_ptr<Slot>> ShmSlot::open(const std::string& name, IfMissing missing) {
  auto segment = SharedSegment::open(name, missing);
  if (!segment) return tl::unexpected(std::move(segment.error()));
  return std::make_unique<ShmSlot>(std::move(*segment));
}

ShmSlot::ShmSlot(SharedSegment segment)
    : segment_(std::make_shared<SharedSegment>(std::move(segment))), turns_(segment_) {}

void ShmSlot::store(Access& access) {
  {
    const SharedLock critical_section(segment_->layout());
    if (critical_section) {
      replace_message(segment_->layout(), access.message);
    } else {
      access.refusal = Refusal::not_stored;
    }
  }
  access.completion.set();
}

void ShmSlot::load(Access& access) {
  {
    const SharedLock critical_section(segment_->layout());
    const auto message =
        critical_section ? current_message(segment_->layout()) : std::optional<Message>();
    if (message) {
      access.message = *message;
    } else {
      access.refusal = Refusal::unread;
    }
  }
  access.completion.set();
}

}  // namespace lastword
