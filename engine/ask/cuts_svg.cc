// All cuts of a run as a picture: accounts in groups, the largest group, the second, and how many groups there are.
#include <algorithm>
#include <cmath>

#include <fmt/format.h>

#include "engine/ask/cuts.h"
#include "engine/ask/svg.h"

namespace ringscope {
namespace {

constexpr double kWidth = 960, kLeft = 80, kRight = 24, kTop = 64, kHeight = 300, kGap = 56, kLow = 150;
constexpr int kTicks = 8;

// Cuts from strong, left, to weak.
class CutAxis {
 public:
  explicit CutAxis(const CutChart& chart) {
    if (chart.curve.empty()) return;
    strongest_ = static_cast<double>(chart.curve.front().strength);
    weakest_ = static_cast<double>(chart.curve.back().strength);
    if (weakest_ == strongest_) weakest_ -= 1;
  }
  double place(float cut) const { return place(static_cast<double>(cut)); }
  double place(double cut) const {
    return kLeft + (kWidth - kLeft - kRight) * (strongest_ - cut) / (strongest_ - weakest_);
  }
  std::string ticks(double top, double bottom) const {
    std::string out;
    for (int i = 0; i <= kTicks; ++i) {
      const double cut = strongest_ + (weakest_ - strongest_) * i / kTicks;
      out += svg::line(place(cut), top, place(cut), bottom, "stroke=\"#e6e6e6\"");
      out += svg::label(place(cut), bottom + 16, "middle", fmt::format("{:.1f}", cut));
    }
    return out;
  }

 private:
  double strongest_ = 1, weakest_ = 0;
};

struct Panel {
  double top, height, most;
  double y(double value) const { return top + height * (1 - value / std::max(most, 1.0)); }
  std::string grid(std::string_view title) const {
    std::string out = svg::upright_label(20, top + height / 2, title);
    for (const double share : {0.0, 0.5, 1.0}) {
      out += svg::line(kLeft, y(most * share), kWidth - kRight, y(most * share), "stroke=\"#e6e6e6\"");
      out += svg::label(kLeft - 8, y(most * share) + 4, "end", fmt::format("{:.0f}", most * share));
    }
    return out;
  }
};

// A line of steps: a value holds from its cut down to the next.
template <class Value>
std::string steps(const CutChart& chart, const CutAxis& axis, const Panel& panel, std::string_view style,
                  const Value& value) {
  std::string path;
  for (const CutPoint& point : chart.curve) {
    const double x = axis.place(point.strength), y = panel.y(static_cast<double>(value(point)));
    path += path.empty() ? fmt::format("M{:.1f} {:.1f}", x, y) : fmt::format("H{:.1f}V{:.1f}", x, y);
  }
  return path.empty() ? path : svg::path(path + fmt::format("H{:.1f}", kWidth - kRight), style);
}

std::string legend() {
  struct Entry {
    const char* colour;
    const char* text;
  };
  std::string out;
  double x = kLeft;
  for (const Entry& one : {Entry{"#8a93a0", "accounts in groups"}, Entry{"#b5341c", "in the largest"},
                           Entry{"#1f5fa8", "in the second"}, Entry{"#3a7d44", "groups"}}) {
    out += svg::rect(x, 38, 14, 4, fmt::format("fill=\"{}\"", one.colour)) + svg::label(x + 20, 44, "start", one.text);
    x += 160;
  }
  return out;
}

std::string plateau_bands(const CutChart& chart, const CutAxis& axis) {
  std::string out;
  for (const Plateau& one : chart.plateaus) {
    const double begin = axis.place(one.strongest), end = std::min(axis.place(one.weakest), kWidth - kRight);
    out += svg::rect(begin, kTop, std::max(end - begin, 0.0), kHeight, "fill=\"#f2c94c\" fill-opacity=\"0.25\"",
                     fmt::format("stable: {} groups of {} accounts or more from {:g} down to {:g} bits", one.components,
                                 chart.min_size, one.strongest, one.weakest));
  }
  return out;
}

}  // namespace

std::string chart_to_svg(const CutChart& chart) {
  const CutAxis axis(chart);
  std::uint64_t groups = 0;
  for (const CutPoint& point : chart.curve) groups = std::max(groups, point.components);
  const Panel sizes{kTop, kHeight, static_cast<double>(chart.accounts)};
  const Panel counts{kTop + kHeight + kGap, kLow, static_cast<double>(groups)};
  const double bottom = counts.top + counts.height;
  std::string out =
      svg::head(kWidth, bottom + 52) +
      svg::label(kWidth / 2, 24, "middle",
                 fmt::format("What links hold together at a cut of evidence, run {}", chart.run), "font-size=\"15\"") +
      legend() + plateau_bands(chart, axis) + axis.ticks(kTop, kTop + kHeight) + sizes.grid("accounts") +
      axis.ticks(counts.top, bottom) + counts.grid("groups") +
      svg::label((kLeft + kWidth - kRight) / 2, bottom + 38, "middle", "cut: bits of evidence that a link must have");
  if (chart.knee && chart.knee->strength > chart.curve.back().strength) {  // at the last point there is none
    const double x = axis.place(chart.knee->strength);
    out += svg::line(x, kTop, x, bottom, "stroke=\"#7a2c8a\" stroke-dasharray=\"5 4\"");
    out += svg::label(x - 5, kTop + 14, "end", fmt::format("knee, {:g} bits", chart.knee->strength));
  }
  const auto ink = [](std::string_view colour, double width) {
    return fmt::format("fill=\"none\" stroke=\"{}\" stroke-width=\"{}\"", colour, width);
  };
  out += steps(chart, axis, sizes, ink("#8a93a0", 1.6), [](const CutPoint& p) { return p.vertices; });
  out += steps(chart, axis, sizes, ink("#1f5fa8", 1.6), [](const CutPoint& p) { return p.second; });
  out += steps(chart, axis, sizes, ink("#b5341c", 2.2), [](const CutPoint& p) { return p.largest; });
  out += steps(chart, axis, counts, ink("#3a7d44", 1.8), [](const CutPoint& p) { return p.components; });
  return out + svg::tail();
}

}  // namespace ringscope
