#include <algorithm>
#include <array>
#include <cmath>
#include <string>
#include <string_view>
#include <vector>

#include <fmt/format.h>

#include "engine/ask/svg.h"
#include "engine/lab/calibrate.h"

namespace ringscope {
namespace {

using svg::label;
using svg::line;

constexpr std::size_t kColumns = 3;
constexpr double kPanelWidth = 300, kPanelHeight = 230;  // with its labels
constexpr double kLeft = 58, kTop = 34, kRight = 12, kBottom = 46;
constexpr double kHead = 76;  // title and legend
constexpr double kShift = 7;  // between the series, so that whiskers stand side by side
constexpr double kWhisker = 3.5;

struct Series {
  std::string_view label, colour, dash;
  Estimate CalibrationCell::*figure;
  std::size_t tiers;  // of the cell
  bool square;
};
constexpr std::array<Series, 4> kSeries = {{
    {"recall, ban and review", "#1f5fa8", "", &CalibrationCell::recall, 2, false},
    {"recall, ban alone", "#6aa5dc", "5 3", &CalibrationCell::recall, 1, false},
    {"false discovery, ban and review", "#b5341c", "", &CalibrationCell::false_discovery, 2, true},
    {"false discovery, ban alone", "#e8946a", "5 3", &CalibrationCell::false_discovery, 1, true},
}};

std::string grouped(std::uint64_t number) {  // 12,345
  std::string text = std::to_string(number);
  for (std::size_t at = text.size(); at > 3; at -= 3) text.insert(at - 3, ",");
  return text;
}

std::string marker(double x, double y, const Series& series) {
  if (series.square)
    return fmt::format("<rect x=\"{:.1f}\" y=\"{:.1f}\" width=\"7\" height=\"7\" fill=\"{}\"/>\n", x - 3.5, y - 3.5,
                       series.colour);
  return fmt::format("<circle cx=\"{:.1f}\" cy=\"{:.1f}\" r=\"3.8\" fill=\"{}\"/>\n", x, y, series.colour);
}

std::string stroke(const Series& series, double width) {
  std::string style = fmt::format("stroke=\"{}\" stroke-width=\"{:.1f}\"", series.colour, width);
  if (!series.dash.empty()) style += fmt::format(" stroke-dasharray=\"{}\"", series.dash);
  return style;
}

// One kind of ring.
class Panel {
 public:
  Panel(const std::vector<const CalibrationCell*>& cells, double x, double y) : x_(x + kLeft), y_(y + kTop) {
    for (const CalibrationCell* cell : cells) hardness_.push_back(cell->hardness);
    std::ranges::sort(hardness_);
    hardness_.erase(std::unique(hardness_.begin(), hardness_.end()), hardness_.end());
  }

  std::string frame(std::string_view kind) const {
    std::string out = label(x_ + kWidth / 2, y_ - 12, "middle", kind, "font-weight=\"bold\" font-size=\"14\"");
    for (int i = 0; i <= 4; ++i) {
      const double share = i / 4.0;
      out += line(x_, height(share), x_ + kWidth, height(share), i == 0 ? "stroke=\"#555\"" : "stroke=\"#e3e3e3\"");
      out += label(x_ - 7, height(share) + 4, "end", fmt::format("{:.2f}", share));
    }
    out += line(x_, y_, x_, y_ + kHeight, "stroke=\"#555\"");
    for (const double hardness : hardness_)
      out += label(place(hardness), y_ + kHeight + 17, "middle", fmt::format("{:.4g}", hardness));
    out += label(x_ + kWidth / 2, y_ + kHeight + 35, "middle", "hardness of the ring");
    return out + svg::upright_label(x_ - 43, y_ + kHeight / 2, "share of accounts");
  }

  std::string series(const Series& series, std::size_t number, const std::vector<const CalibrationCell*>& cells) const {
    std::string path, marks;
    for (const double hardness : hardness_) {
      const auto cell = std::ranges::find_if(cells, [&](const CalibrationCell* one) {
        return one->hardness == hardness && one->tiers.size() == series.tiers;
      });
      if (cell == cells.end() || !((*cell)->*series.figure).known) continue;
      const Estimate& estimate = (*cell)->*series.figure;
      const double x = place(hardness) + (static_cast<double>(number) - 1.5) * kShift;
      path += fmt::format("{}{:.1f} {:.1f} ", path.empty() ? "M" : "L", x, height(estimate.mean));
      const std::string thin = fmt::format("stroke=\"{}\" stroke-width=\"1.2\"", series.colour);
      marks += line(x, height(estimate.low), x, height(estimate.high), thin);
      for (const double end : {estimate.low, estimate.high})
        marks += line(x - kWhisker, height(end), x + kWhisker, height(end), thin);
      marks += marker(x, height(estimate.mean), series);
    }
    if (path.empty()) return {};
    path.pop_back();
    return fmt::format("<path d=\"{}\" fill=\"none\" {}/>\n", path, stroke(series, 1.8)) + marks;
  }

 private:
  static constexpr double kWidth = kPanelWidth - kLeft - kRight, kHeight = kPanelHeight - kTop - kBottom;

  double height(double share) const { return y_ + kHeight * (1 - share); }
  // Evenly, in ascending order.
  double place(double hardness) const {
    const auto at = std::ranges::find(hardness_, hardness) - hardness_.begin();
    return x_ + kWidth * (static_cast<double>(at) + 0.5) / static_cast<double>(hardness_.size());
  }

  double x_, y_;
  std::vector<double> hardness_;
};

// Each entry takes as much room as its text is long.
std::string legend(double width) {
  constexpr double kSign = 48;  // and the gap before the next
  std::size_t letters = 0;
  for (const Series& series : kSeries) letters += series.label.size();
  const double letter = (width - 40 - kSign * kSeries.size()) / static_cast<double>(letters);
  std::string out;
  double x = 24;
  for (const Series& series : kSeries) {
    out += line(x, 56, x + 26, 56, stroke(series, 1.8)) + marker(x + 13, 56, series);
    out += label(x + 32, 60, "start", series.label);
    x += kSign + letter * static_cast<double>(series.label.size());
  }
  return out;
}

std::string title(const Calibration& calibration, double width) {
  const CalibrationCell& first = calibration.cells.front();
  return label(
      width / 2, 26, "middle",
      fmt::format("Rings of {} accounts and as many honest twins among {} accounts of the store; {} seeds, bars: 95%",
                  grouped(first.members / std::max<std::uint64_t>(first.seeds, 1)), grouped(calibration.accounts),
                  first.seeds),
      "font-size=\"15\"");
}

}  // namespace

std::string calibration_to_svg(const Calibration& calibration) {
  std::vector<std::string> kinds;
  kinds.reserve(calibration.cells.size());
  for (const CalibrationCell& cell : calibration.cells) {
    if (std::ranges::find(kinds, cell.kind) == kinds.end()) kinds.push_back(cell.kind);
  }
  const std::size_t rows = (kinds.size() + kColumns - 1) / kColumns;
  const double width = kPanelWidth * static_cast<double>(kColumns) + 10;
  const double height = kHead + kPanelHeight * static_cast<double>(rows) + 8;
  std::string out = svg::head(width, height);
  if (!calibration.cells.empty()) out += title(calibration, width) + legend(width);
  for (std::size_t k = 0; k < kinds.size(); ++k) {
    std::vector<const CalibrationCell*> cells;
    cells.reserve(calibration.cells.size());
    for (const CalibrationCell& cell : calibration.cells) {
      if (cell.kind == kinds[k]) cells.push_back(&cell);
    }
    const std::size_t row = k / kColumns;
    const Panel panel(cells, kPanelWidth * static_cast<double>(k % kColumns),
                      kHead + kPanelHeight * static_cast<double>(row));
    out += panel.frame(kinds[k]);
    for (std::size_t s = 0; s < kSeries.size(); ++s) out += panel.series(kSeries[s], s, cells);
  }
  return out + svg::tail();
}

}  // namespace ringscope
