#include "bench/distribution.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <cstdint>

namespace lastword {
namespace {

constexpr double width = 860;
constexpr double height = 420;
constexpr double left = 70;
constexpr double right = 40;
constexpr double top = 16;
constexpr double bottom = 44;
constexpr int points_per_nine = 24;

/// What the axes span: `nines` 3 is 99.9 %; exponents of ten of milliseconds.
struct Axes {
  int nines = 1;
  int least_exponent = 0;
  int most_exponent = 1;

  double x(double nine) const { return left + nine / nines * (width - left - right); }
  double y(double milliseconds) const {
    const double exponent =
        std::clamp<double>(std::log10(std::max(milliseconds, 1e-9)), least_exponent, most_exponent);
    const double part = (exponent - least_exponent) / (most_exponent - least_exponent);
    return height - bottom - part * (height - top - bottom);
  }
};

double to_ms(std::int64_t ns) { return static_cast<double>(ns) / 1e6; }

/// The percentile at so many nines.
double percent_at(double nines) { return 100 * (1 - std::pow(10, -nines)); }

Axes axes_for(const std::vector<Curve>& curves) {
  double least = 1e9;
  double most = 1e-3;
  std::uint64_t count = 10;
  for (const Curve& curve : curves) {
    if (curve.histogram->count() == 0) continue;
    least = std::min(least, to_ms(std::max<std::int64_t>(curve.histogram->percentile(1), 1000)));
    most = std::max(most, to_ms(curve.histogram->most()));
    count = std::max(count, curve.histogram->count());
  }
  Axes axes;
  // No further than where a single session is all that is left.
  axes.nines = std::clamp(static_cast<int>(std::ceil(std::log10(count))), 1, 7);
  axes.least_exponent = static_cast<int>(std::floor(std::log10(least)));
  axes.most_exponent =
      std::max(axes.least_exponent + 1, static_cast<int>(std::ceil(std::log10(most))));
  return axes;
}

std::string grid(const Axes& axes) {
  std::string svg;
  for (int nine = 0; nine <= axes.nines; ++nine) {
    const double x = axes.x(nine);
    svg += fmt::format("<line class=\"grid\" x1=\"{0:.1f}\" y1=\"{1}\" x2=\"{0:.1f}\" y2=\"{2}\"/>",
                       x, top, height - bottom);
    svg += fmt::format("<text class=\"tick middle\" x=\"{:.1f}\" y=\"{}\">{:.{}f} %</text>\n", x,
                       height - bottom + 18, percent_at(nine), std::max(0, nine - 2));
  }
  for (int exponent = axes.least_exponent; exponent <= axes.most_exponent; ++exponent) {
    const double y = axes.y(std::pow(10, exponent));
    svg += fmt::format("<line class=\"grid\" x1=\"{1}\" y1=\"{0:.1f}\" x2=\"{2}\" y2=\"{0:.1f}\"/>",
                       y, left, width - right);
    svg += fmt::format("<text class=\"tick end\" x=\"{}\" y=\"{:.1f}\">{:g} ms</text>\n", left - 8,
                       y + 4, std::pow(10, exponent));
  }
  return svg;
}

std::string curve_path(const Axes& axes, const Curve& curve) {
  std::string points;
  for (int at = 0; at <= axes.nines * points_per_nine; ++at) {
    const double nine = static_cast<double>(at) / points_per_nine;
    const double y = axes.y(to_ms(curve.histogram->percentile(percent_at(nine))));
    points += fmt::format("{}{:.1f},{:.1f}", at == 0 ? "" : " ", axes.x(nine), y);
  }
  const double end = axes.y(to_ms(curve.histogram->most()));
  return fmt::format(
      "<polyline class=\"curve {0}\" points=\"{1}\"><title>{2}</title></polyline>\n"
      "<circle class=\"dot {0}\" cx=\"{3:.1f}\" cy=\"{4:.1f}\" r=\"3.5\"><title>{2}: the maximum"
      "</title></circle>\n",
      curve.css_class, points, curve.name, axes.x(axes.nines), end);
}

}  // namespace

std::string distribution_svg(const std::vector<Curve>& curves) {
  const auto has_values = [](const Curve& curve) { return curve.histogram->count() > 0; };
  if (std::none_of(curves.begin(), curves.end(), has_values)) return "";
  const Axes axes = axes_for(curves);
  std::string svg = fmt::format(
      "<svg viewBox=\"0 0 {} {}\" role=\"img\" aria-label=\"Milliseconds by percentile\">\n", width,
      height);
  svg += grid(axes);
  for (const Curve& curve : curves) {
    if (has_values(curve)) svg += curve_path(axes, curve);
  }
  svg += fmt::format(
      "<text class=\"tick middle\" x=\"{}\" y=\"{}\">sessions that waited no longer"
      "</text>\n</svg>\n",
      (left + width - right) / 2, height - 6);
  return svg;
}

}  // namespace lastword
