// Lives of rings as pictures: one ring's size over the runs, and how rings came out of each other.
#include <algorithm>
#include <cmath>

#include <fmt/format.h>

#include "engine/ask/life/flow.h"
#include "engine/ask/svg.h"

namespace ringscope {
namespace {

constexpr double kWidth = 960, kLeft = 150, kRight = 24;
constexpr std::size_t kMostTicks = 16;

std::string_view colour_of(Tier tier) {
  switch (tier) {
    case Tier::ban:
      return "#b5341c";
    case Tier::review:
      return "#d99a2b";
    case Tier::watch:
      break;
  }
  return "#8a93a0";
}

// Runs from left to right.
class RunAxis {
 public:
  RunAxis(std::uint64_t first, std::uint64_t last) : first_(first), last_(std::max(last, first)) {}
  double place(std::uint64_t run) const { return place(static_cast<double>(run)); }
  double end() const { return kWidth - kRight; }

  std::string ticks(double top, double bottom) const {
    const std::uint64_t runs = last_ - first_ + 1;
    const std::uint64_t step = (runs + kMostTicks - 1) / kMostTicks;
    std::string out;
    for (std::uint64_t run = first_; run <= last_; run += step) {
      out += svg::line(place(run), top, place(run), bottom, "stroke=\"#e6e6e6\"");
      out += svg::label(place(run), bottom + 16, "middle", fmt::format("{}", run));
    }
    return out + svg::label((kLeft + end()) / 2, bottom + 34, "middle", "run");
  }

 private:
  double place(double run) const {
    const double runs = static_cast<double>(last_ - first_) + 1;
    return kLeft + (end() - kLeft) * (run - static_cast<double>(first_)) / runs;
  }
  std::uint64_t first_, last_;
};

std::string legend(double y) {
  std::string out;
  double x = kLeft;
  for (const Tier tier : {Tier::ban, Tier::review, Tier::watch}) {
    out += svg::rect(x, y - 10, 14, 12, fmt::format("fill=\"{}\"", colour_of(tier)));
    out += svg::label(x + 20, y, "start", to_string(tier));
    x += 90;
  }
  return out;
}

// Stretches between marks, as bars around `middle` as thick as thickness(size) says.
template <class Thickness>
std::string bars(const std::vector<FlowLane::Mark>& marks, const RunAxis& axis, double middle,
                 const Thickness& thickness, std::string_view ring) {
  std::string out;
  for (std::size_t i = 0; i < marks.size(); ++i) {
    if (marks[i].size == 0) continue;
    const double begin = axis.place(marks[i].run);
    const double end = i + 1 < marks.size() ? axis.place(marks[i + 1].run) : axis.end();
    const double thick = thickness(marks[i].size);
    out += svg::rect(
        begin, middle - thick / 2, std::max(end - begin, 1.0), thick,
        fmt::format("fill=\"{}\"", colour_of(marks[i].tier)),
        fmt::format("{}: {} accounts from run {}, {}", ring, marks[i].size, marks[i].run, to_string(marks[i].change)));
  }
  return out;
}

std::string cross(double x, double y) {
  constexpr double kArm = 4;
  constexpr std::string_view kInk = "stroke=\"#222\" stroke-width=\"1.6\"";
  return svg::line(x - kArm, y - kArm, x + kArm, y + kArm, kInk) +
         svg::line(x - kArm, y + kArm, x + kArm, y - kArm, kInk);
}

constexpr double kLane = 26, kGap = 14, kTop = 64;

// Heights of the lanes' middles; families stand apart.
std::vector<double> middles_of(const Flow& flow) {
  std::vector<double> middles;
  std::size_t family = 0;
  double y = kTop;
  for (std::size_t l = 0; l < flow.lanes.size(); ++l) {
    if (family < flow.heads.size() && flow.heads[family] == l) {
      if (family > 0) y += kGap;
      ++family;
    }
    middles.push_back(y + kLane / 2);
    y += kLane;
  }
  return middles;
}

std::string_view dash_of(FlowKind kind) { return kind == FlowKind::part ? " stroke-dasharray=\"4 3\"" : ""; }
std::string_view ink_of(FlowKind kind) { return kind == FlowKind::heir ? "#7a2c8a" : "#1f5fa8"; }

}  // namespace

std::string flow_to_svg(const Flow& flow) {
  const std::vector<double> middles = middles_of(flow);
  const double bottom = (middles.empty() ? kTop : middles.back() + kLane / 2) + 6;
  const RunAxis axis(flow.first_run, flow.last_run);
  std::uint64_t largest = 1;
  for (const FlowLane& lane : flow.lanes) {
    for (const FlowLane::Mark& mark : lane.marks) largest = std::max(largest, mark.size);
  }
  const auto thickness = [&](std::uint64_t size) {  // by the root, so that small rings can be seen
    return std::max(2.0, (kLane - 8) * std::sqrt(static_cast<double>(size) / static_cast<double>(largest)));
  };
  std::string out = svg::head(kWidth, bottom + 48) +
                    svg::label(kWidth / 2, 24, "middle", "Rings that came out of each other", "font-size=\"15\"") +
                    legend(46) + axis.ticks(kTop, bottom);
  for (std::size_t l = 0; l < flow.lanes.size(); ++l) {
    const FlowLane& lane = flow.lanes[l];
    out += svg::label(kLeft - 10, middles[l] + 4, "end", lane.ring, "font-family=\"monospace\"");
    out += bars(lane.marks, axis, middles[l], thickness, lane.ring);
    for (const FlowLane::Mark& mark : lane.marks) {
      if (mark.size == 0) out += cross(axis.place(mark.run), middles[l]);
    }
  }
  for (const FlowLink& link : flow.links) {
    const double x = axis.place(link.run), bend = 16;
    out += svg::path(
        fmt::format("M{:.1f} {:.1f} C{:.1f} {:.1f} {:.1f} {:.1f} {:.1f} {:.1f}", x - bend, middles[link.from], x,
                    middles[link.from], x - bend, middles[link.to], x, middles[link.to]),
        fmt::format("fill=\"none\" stroke=\"{}\" stroke-width=\"1.6\"{}", ink_of(link.kind), dash_of(link.kind)),
        fmt::format("{} {} {}: {} accounts, run {}", flow.lanes[link.to].ring, words_of(link.kind),
                    flow.lanes[link.from].ring, link.accounts, link.run));
    out += svg::circle(x, middles[link.to], 3, fmt::format("fill=\"{}\"", ink_of(link.kind)));
  }
  return out + svg::tail();
}

std::string timeline_to_svg(const Standing& standing, const std::vector<RingEvent>& events, std::uint64_t last_run) {
  constexpr double kHeight = 180, kBase = kTop + kHeight;
  std::uint64_t largest = 1;
  std::vector<FlowLane::Mark> marks;
  for (const RingEvent& event : events) {
    largest = std::max(largest, event.size);
    marks.push_back({event.run, event.change, event.size, event.tier.value_or(Tier::watch)});
  }
  const RunAxis axis(standing.born, last_run);
  const auto height = [&](std::uint64_t size) {
    return kHeight * static_cast<double>(size) / static_cast<double>(largest);
  };
  std::string out = svg::head(kWidth, kBase + 52) +
                    svg::label(kWidth / 2, 24, "middle", fmt::format("{}: accounts over the runs", standing.ring),
                               "font-size=\"15\"") +
                    legend(46) + axis.ticks(kTop, kBase);
  for (const double share : {0.0, 0.5, 1.0}) {
    const double y = kBase - kHeight * share;
    out += svg::line(kLeft, y, axis.end(), y, "stroke=\"#e6e6e6\"");
    out += svg::label(kLeft - 8, y + 4, "end", fmt::format("{:.0f}", share * static_cast<double>(largest)));
  }
  for (std::size_t i = 0; i < marks.size(); ++i) {
    const double begin = axis.place(marks[i].run);
    const double end = i + 1 < marks.size() ? axis.place(marks[i + 1].run) : axis.end();
    const double high = height(marks[i].size);
    const std::string words =
        fmt::format("run {}: {}, {} accounts", marks[i].run, to_string(marks[i].change), marks[i].size);
    out +=
        svg::rect(begin, kBase - high, end - begin, high, fmt::format("fill=\"{}\"", colour_of(marks[i].tier)), words);
    out += marks[i].size == 0 ? cross(begin, kBase) : svg::circle(begin, kBase - high, 3, "fill=\"#222\"", words);
  }
  return out + svg::tail();
}

}  // namespace ringscope
