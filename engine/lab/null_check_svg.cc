#include <algorithm>
#include <cmath>

#include <fmt/format.h>

#include "engine/ask/svg.h"
#include "engine/lab/null_check.h"

namespace ringscope {
namespace {

constexpr double kPanel = 380;  // both ways, with its labels
constexpr double kLeft = 58, kTop = 34, kRight = 14, kBottom = 50;
constexpr double kHead = 44;  // title
constexpr double kSide = kPanel - kLeft - kRight;
constexpr double kTall = kPanel - kTop - kBottom;
constexpr const char* kColour = "#1f5fa8";

// Negative decimal logarithms of p-values.
double uniform_at(const NullTrial& trial, double pairs) {
  const auto accounts = static_cast<double>(trial.accounts);
  return std::log10(accounts * (accounts - 1) / 2 / pairs);
}
double decades(double bits) { return bits * std::log10(2.0); }

double range_of(const std::vector<NullTrial>& trials) {
  double most = 1;
  for (const NullTrial& trial : trials) {
    for (const NullQuantile& one : trial.quantiles)
      most = std::max({most, decades(one.bits), uniform_at(trial, one.observed.mean)});
  }
  return std::ceil(most);
}

class Panel {
 public:
  Panel(double x, double y, double most) : x_(x + kLeft), y_(y + kTop), most_(most) {}

  std::string frame(std::string_view name) const {
    std::string out = svg::label(x_ + kSide / 2, y_ - 12, "middle", name, "font-weight=\"bold\" font-size=\"14\"");
    const double step = std::ceil(most_ / 8);
    for (double at = 0; at <= most_; at += step) {
      const std::string number = fmt::format("{:.0f}", at);
      out += svg::line(x_, up(at), x_ + kSide, up(at), "stroke=\"#e3e3e3\"");
      out += svg::label(x_ - 7, up(at) + 4, "end", number);
      out += svg::label(right(at), y_ + kTall + 17, "middle", number);
    }
    out += svg::line(x_, y_, x_, y_ + kTall, "stroke=\"#555\"");
    out += svg::line(x_, y_ + kTall, x_ + kSide, y_ + kTall, "stroke=\"#555\"");
    out += svg::line(right(0), up(0), right(most_), up(most_), "stroke=\"#888\" stroke-dasharray=\"5 3\"");
    out += svg::label(x_ + kSide / 2, y_ + kTall + 37, "middle", "-log10 p, uniform");
    return out + svg::upright_label(x_ - 38, y_ + kTall / 2, "-log10 p, of shuffled pairs");
  }

  // A point each half bit, with the interval of the number of pairs.
  std::string points(const NullTrial& trial) const {
    std::string out;
    for (const NullQuantile& one : trial.quantiles) {
      const double y = up(decades(one.bits));
      const double low = std::min(most_, uniform_at(trial, std::max(one.observed.low, one.observed.mean / 10)));
      out += svg::line(right(uniform_at(trial, one.observed.high)), y, right(low), y,
                       fmt::format("stroke=\"{}\" stroke-width=\"1.2\"", kColour));
      out += fmt::format("<circle cx=\"{:.1f}\" cy=\"{:.1f}\" r=\"2.6\" fill=\"{}\"/>\n",
                         right(uniform_at(trial, one.observed.mean)), y, kColour);
    }
    return out;
  }

 private:
  double right(double decades) const { return x_ + kSide * std::max(0.0, decades) / most_; }
  double up(double decades) const { return y_ + kTall * (1 - decades / most_); }

  double x_, y_, most_;
};

}  // namespace

std::string null_trials_to_svg(const std::vector<NullTrial>& trials) {
  const double width = kPanel * static_cast<double>(std::max<std::size_t>(trials.size(), 1));
  std::string out = svg::head(width, kHead + kPanel);
  if (!trials.empty()) {
    out +=
        svg::label(width / 2, 26, "middle",
                   fmt::format("p-values of pairs where all sharing is chance: {} shuffles of {} accounts; above the "
                               "line they are too small",
                               trials.front().shuffles, trials.front().accounts),
                   "font-size=\"14\"");
  }
  const double most = range_of(trials);
  for (std::size_t t = 0; t < trials.size(); ++t) {
    const Panel panel(kPanel * static_cast<double>(t), kHead, most);
    out += panel.frame(trials[t].name) + panel.points(trials[t]);
  }
  return out + svg::tail();
}

}  // namespace ringscope
