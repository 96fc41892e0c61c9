#include "bench/schedule.h"

#include <cassert>
#include <cmath>

namespace lastword {

Schedule::Schedule(Arrivals arrivals, double rate, std::uint32_t worker, std::uint32_t workers,
                   std::uint64_t seed)
    : arrivals_(arrivals),
      mean_gap_ns_(1e9 * workers / rate),
      offset_ns_(1e9 * worker / rate),
      random_(seed * 1'000'003 + worker) {
  assert(rate > 0 && worker < workers);
  at_ns_ = arrivals_ == Arrivals::constant ? offset_ns_ : gap();
  next_ns_ = std::llround(at_ns_);
}

void Schedule::advance() {
  ++done_;
  // Not added up where it can be avoided: no error accumulates.
  at_ns_ = arrivals_ == Arrivals::constant ? offset_ns_ + static_cast<double>(done_) * mean_gap_ns_
                                           : at_ns_ + gap();
  next_ns_ = std::llround(at_ns_);
}

double Schedule::gap() {
  // 53 random bits in [0, 1); the library's own distributions differ between libraries.
  const double uniform = static_cast<double>(random_() >> 11) * 0x1p-53;
  return -std::log1p(-uniform) * mean_gap_ns_;
}

}  // namespace lastword
