#include "bench/histogram.h"

#include <algorithm>
#include <bit>
#include <cassert>
#include <cmath>
#include <nlohmann/json.hpp>

namespace lastword {
namespace {

// Values below 2 * linear have a bucket each; above, each doubling is split into `linear` buckets.
constexpr int linear_bits = 10;
constexpr std::uint64_t linear = 1U << linear_bits;

}  // namespace

std::size_t Histogram::bucket_of(std::int64_t value_ns) {
  const auto value = static_cast<std::uint64_t>(std::max<std::int64_t>(value_ns, 0));
  if (value < 2 * linear) return value;
  const int shift = std::bit_width(value) - linear_bits - 1;
  return static_cast<std::size_t>(shift) * linear + (value >> shift);
}

std::int64_t Histogram::top_of(std::size_t bucket) {
  if (bucket < 2 * linear) return static_cast<std::int64_t>(bucket);
  const std::size_t shift = bucket / linear - 1;
  const std::uint64_t mantissa = linear + bucket % linear;
  return static_cast<std::int64_t>(((mantissa + 1) << shift) - 1);
}

void Histogram::record(std::int64_t value_ns) {
  const std::int64_t value = std::max<std::int64_t>(value_ns, 0);
  const std::size_t bucket = bucket_of(value);
  if (bucket >= counts_.size()) counts_.resize(bucket + 1);
  ++counts_[bucket];
  least_ = count_ == 0 ? value : std::min(least_, value);
  most_ = std::max(most_, value);
  sum_ += static_cast<double>(value);
  ++count_;
}

void Histogram::merge(const Histogram& other) {
  if (other.count_ == 0) return;
  if (other.counts_.size() > counts_.size()) counts_.resize(other.counts_.size());
  for (std::size_t at = 0; at < other.counts_.size(); ++at) counts_[at] += other.counts_[at];
  least_ = count_ == 0 ? other.least_ : std::min(least_, other.least_);
  most_ = std::max(most_, other.most_);
  sum_ += other.sum_;
  count_ += other.count_;
}

double Histogram::mean() const { return count_ == 0 ? 0 : sum_ / static_cast<double>(count_); }

std::int64_t Histogram::percentile(double percent) const {
  assert(percent >= 0 && percent <= 100);
  if (count_ == 0) return 0;
  // A hair less, so that 99.9 % of 1000 is 999 and not, by rounding, 1000.
  const double wanted = percent / 100 * static_cast<double>(count_) * (1 - 1e-12);
  const auto rank = std::max<std::uint64_t>(static_cast<std::uint64_t>(std::ceil(wanted)), 1);
  std::uint64_t seen = 0;
  for (std::size_t at = 0; at < counts_.size(); ++at) {
    seen += counts_[at];
    if (seen >= rank) return std::clamp(top_of(at), least_, most_);
  }
  return most_;
}

nlohmann::json Histogram::to_json() const {
  nlohmann::json filled = nlohmann::json::array();
  for (std::size_t at = 0; at < counts_.size(); ++at) {
    if (counts_[at] > 0) filled.push_back({at, counts_[at]});
  }
  return {{"least", least_}, {"most", most_}, {"sum", sum_}, {"filled", std::move(filled)}};
}

Histogram Histogram::from_json(const nlohmann::json& json) {
  Histogram histogram;
  histogram.least_ = json.at("least");
  histogram.most_ = json.at("most");
  histogram.sum_ = json.at("sum");
  for (const auto& pair : json.at("filled")) {
    const auto bucket = pair.at(0).get<std::size_t>();
    if (bucket >= histogram.counts_.size()) histogram.counts_.resize(bucket + 1);
    histogram.counts_[bucket] = pair.at(1);
    histogram.count_ += histogram.counts_[bucket];
  }
  return histogram;
}

}  // namespace lastword
