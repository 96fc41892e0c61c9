#pragma once

#include <cstdint>
#include <nlohmann/json_fwd.hpp>
#include <vector>

namespace lastword {

/// Counts of durations in nanoseconds, in buckets that grow with the value (as HdrHistogram does):
/// each bucket is at most 1/1024 of its values wide, so that every figure has three digits. Grows
/// to 8 bytes a bucket of the highest value: 170 KB for 2 s. Pure.
class Histogram {
 public:
  /// Negative values count as 0.
  void record(std::int64_t value_ns);
  void merge(const Histogram& other);

  std::uint64_t count() const { return count_; }
  std::int64_t least() const { return count_ == 0 ? 0 : least_; }  ///< exact
  std::int64_t most() const { return most_; }                      ///< exact; 0 where empty
  double mean() const;                                             ///< exact; 0 where empty

  /// The least value that at least `percent` of all values don't exceed, to the bucket's width, and
  /// never beyond most(). `percent` is 0 to 100. 0 where empty.
  std::int64_t percentile(double percent) const;

  nlohmann::json to_json() const;
  static Histogram from_json(const nlohmann::json& json);

  static std::size_t bucket_of(std::int64_t value_ns);
  /// The highest value that falls into a bucket.
  static std::int64_t top_of(std::size_t bucket);

 private:
  std::vector<std::uint64_t> counts_;
  std::uint64_t count_ = 0;
  std::int64_t least_ = 0;
  std::int64_t most_ = 0;
  double sum_ = 0;
};

}  // namespace lastword
