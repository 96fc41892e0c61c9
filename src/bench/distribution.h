#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "bench/histogram.h"

namespace lastword {

struct Curve {
  std::string_view name;
  std::string_view css_class;
  const Histogram* histogram;  ///< not null
};

/// An SVG of distributions: to the right the percentile, each nine as wide as the one before, up
/// the milliseconds, each power of ten as high. Empty where no curve has a value.
std::string distribution_svg(const std::vector<Curve>& curves);

}  // namespace lastword
