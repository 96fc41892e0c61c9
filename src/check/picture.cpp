#include "check/picture.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <map>

#include "check/printable.h"
#include "check/session_words.h"
#include "history/verdict.h"

namespace lastword {
namespace {

constexpr double left = 176;  // of it the writers' names and messages
constexpr double plot_width = 744;
constexpr double right = 180;  // of it what they were sent
constexpr double width = left + plot_width + right;
constexpr double axis_height = 26;
constexpr double lane_height = 24;
constexpr double row_height = 26;
constexpr double bar_height = 12;
constexpr double least_width = 4;  // so that what lasts a millisecond of two seconds is seen

/// As much of `text` as fits, marked up.
std::string fitting(std::string text, std::size_t most) {
  if (text.size() > most) text = text.substr(0, most - 3) + "...";
  return marked_up(text);
}

class Picture {
 public:
  Picture(const HistoryResult& result, const PictureScene& scene, std::string name)
      : name_(std::move(name)),
        result_(result),
        history_(result.history),
        scene_(scene),
        words_(result.history, scene.operations),
        origin_ns_(origin_of(result.history)) {
    give_colours();
  }

  std::string svg() {
    const double top = axis_height + lane_height * static_cast<double>(scene_.lanes) + 10;
    const double height = top + row_height * static_cast<double>(scene_.sessions.size()) + 6;
    out_ = fmt::format(
        "<svg viewBox=\"0 0 {:.0f} {:.0f}\" role=\"list\" aria-label=\"Sessions over time\">\n",
        width, height);
    draw_axis(height);
    draw_slot();
    double y = top;
    for (const std::size_t index : scene_.sessions) {
      draw_session(index, y);
      y += row_height;
    }
    if (!result_.verdict.findings.empty()) {
      out_ += fmt::format(
          "<line x1=\"{0:.1f}\" x2=\"{0:.1f}\" y1=\"{1}\" y2=\"{2:.1f}\" class=\"shown\"/>\n",
          x_of(result_.verdict.findings.front().at_ns), axis_height, y);
    }
    return out_ + "</svg>\n";
  }

 private:
  double x_of(std::int64_t at_ns) const {
    const auto begin = static_cast<double>(scene_.begin_ns);
    const auto span = static_cast<double>(scene_.end_ns) - begin;
    return left + plot_width * std::clamp((static_cast<double>(at_ns) - begin) / span, 0.0, 1.0);
  }

  /// Neighbours get hues far apart: each is a golden angle from the last.
  void give_colours() {
    const auto give = [&](Value value) {
      if (value == nobodys_value) return;
      const int hue = static_cast<int>(std::fmod(210 + 137.508 * double(hues_.size()), 360));
      hues_.try_emplace(value, hue);
    };
    for (const std::size_t index : scene_.sessions) give(static_cast<Value>(index));
    for (const std::size_t index : scene_.sessions) give(scene_.operations.sessions[index].value);
    for (const auto& content : scene_.contents) give(content.value);
  }

  /// The attributes that colour what shows `value`.
  std::string paint(Value value, const char* kind) const {
    const auto hue = hues_.find(value);
    if (hue == hues_.end()) return fmt::format("class=\"{} nobodys\"", kind);
    return fmt::format("class=\"{}\" style=\"--h:{}\"", kind, hue->second);
  }

  void text(double x, double y, const char* kind, const std::string& marked) {
    out_ +=
        fmt::format("<text x=\"{:.1f}\" y=\"{:.1f}\" class=\"{}\">{}</text>\n", x, y, kind, marked);
  }

  void box(double x, double y, double box_width, double height, const std::string& attributes) {
    out_ += fmt::format(
        "<rect x=\"{:.1f}\" y=\"{:.1f}\" width=\"{:.1f}\" height=\"{:.1f}\" rx=\"2\" {}/>\n", x, y,
        box_width, height, attributes);
  }

  void draw_axis(double height) {
    const double span_s = static_cast<double>(scene_.end_ns - scene_.begin_ns) / 1e9;
    double step = std::pow(10, std::floor(std::log10(span_s / 8)));
    for (const double factor : {2.0, 2.5, 2.0}) {
      if (span_s / step > 9) step *= factor;
    }
    const int decimals = std::clamp(static_cast<int>(std::ceil(-std::log10(step) + 0.3)), 0, 9);
    const double first = static_cast<double>(scene_.begin_ns - origin_ns_) / 1e9;
    out_ += "<g aria-hidden=\"true\">\n";
    for (double at = std::ceil(first / step) * step; at <= first + span_s; at += step) {
      const double x = left + plot_width * (at - first) / span_s;
      out_ += fmt::format(
          "<line x1=\"{0:.1f}\" x2=\"{0:.1f}\" y1=\"{1}\" y2=\"{2}\" class=\"grid\"/>\n", x,
          axis_height - 6, height);
      text(x, axis_height - 11, "tick", fmt::format("{:.{}f} s", std::abs(at), decimals));
    }
    text(left + plot_width + 10, axis_height - 11, "head", "was sent");
    text(8, axis_height - 11, "head", "writer, message");
    out_ += "</g>\n";
  }

  void draw_slot() {
    const double lanes_height = lane_height * static_cast<double>(scene_.lanes);
    text(8, axis_height + 16, "head", "the slot held");
    box(left, axis_height, plot_width, lanes_height, "class=\"slot\"");
    for (const auto& content : scene_.contents) {
      const double x = x_of(content.begin_ns);
      const double w = std::max(least_width, x_of(content.end_ns) - x);
      const double y = axis_height + lane_height * static_cast<double>(content.lane);
      const std::string label = words_.value_text(content.value);
      const std::string sentence =
          fmt::format("The slot held {} from {} to {}, for certain.", label,
                      time_text(history_, origin_ns_, content.begin_ns),
                      time_text(history_, origin_ns_, content.end_ns));
      open_item("content", fmt::format("content-{}", content.value), sentence);
      box(x, y + 2, w, lane_height - 4, paint(content.value, "held"));
      const auto fits = static_cast<std::size_t>(std::max(0.0, (w - 6) / 7));
      if (fits >= 4) text(x + 4, y + 16, "label", fitting(label, fits));
      out_ += "</g>\n";
    }
  }

  void open_item(const char* kind, const std::string& id, const std::string& sentence) {
    const std::string marked = marked_up(sentence);
    out_ += fmt::format(
        "<g id=\"{}-{}\" class=\"item {}\" role=\"listitem\" tabindex=\"0\" aria-label=\"{}\" "
        "data-details=\"{}\"><title>{}</title>\n",
        name_, id, kind, marked, marked, marked);
  }

  void draw_session(std::size_t index, double y) {
    const SessionRecord& record = history_.sessions[index];
    const SessionOperations& made = scene_.operations.sessions[index];
    const bool refutes = scene_.refuting[index];
    open_item(refutes ? "session refutes" : "session", fmt::format("writer-{}", record.number),
              words_.sentence_of(index) + (refutes ? " It refutes." : ""));
    out_ += fmt::format(
        "<rect x=\"0\" y=\"{:.1f}\" width=\"{:.0f}\" height=\"{}\" class=\"ground\"/>\n", y, width,
        row_height);
    if (refutes) text(2, y + 17, "mark", "&#9654;");
    const double middle = y + row_height / 2;
    box(16, middle - 5, 10, 10, paint(static_cast<Value>(index), "write"));
    text(31, y + 17, "label",
         fitting(fmt::format("{} {}", record.number, words_.message_of(index)), 19));

    const Interval life = lifetime_of(record);
    const double x = x_of(life.begin_ns);
    box(x, middle - bar_height / 4, std::max(least_width, x_of(life.end_ns) - x), bar_height / 2,
        "class=\"life\"");
    if (made.may_have_written) {
      draw_interval(made.write, middle, static_cast<Value>(index),
                    made.has_written ? "write" : "write perhaps");
    }
    if (made.has_read) draw_interval(made.read, middle, made.value, "read");
    const double reply_x = left + plot_width + 10;
    if (made.has_read) box(reply_x, middle - 5, 10, 10, paint(made.value, "read"));
    text(reply_x + 15, y + 17, made.has_read ? "label" : "label faint",
         fitting(words_.reply_of(index), 21));
    out_ += "</g>\n";
  }

  void draw_interval(const Interval& interval, double middle, Value value, const char* kind) {
    const double begin = x_of(interval.begin_ns);
    const double interval_width = std::max(least_width, x_of(interval.end_ns) - begin);
    box(std::min(begin, left + plot_width - least_width), middle - bar_height / 2, interval_width,
        bar_height, paint(value, kind));
  }

  const std::string name_;
  const HistoryResult& result_;
  const History& history_;
  const PictureScene& scene_;
  const SessionWords words_;
  const std::int64_t origin_ns_;
  std::map<Value, int> hues_;
  std::string out_;
};

}  // namespace

std::string picture_of(const HistoryResult& result, const PictureScene& scene,
                       const std::string& name) {
  return Picture(result, scene, name).svg();
}

std::string table_of(const HistoryResult& result, const PictureScene& scene) {
  const SessionWords words(result.history, scene.operations);
  std::string html = "<table><thead><tr>";
  for (const std::string_view heading : SessionWords::headings) {
    html += fmt::format("<th scope=\"col\">{}</th>", heading);
  }
  html += "<th scope=\"col\">Refutes</th></tr></thead><tbody>\n";
  for (const std::size_t index : scene.sessions) {
    html += scene.refuting[index] ? "<tr class=\"refutes\">" : "<tr>";
    for (const std::string& cell : words.row_of(index)) {
      html += fmt::format("<td>{}</td>", marked_up(cell));
    }
    html += scene.refuting[index] ? "<td>yes</td></tr>\n" : "<td></td></tr>\n";
  }
  return html + "</tbody></table>\n";
}

}  // namespace lastword
