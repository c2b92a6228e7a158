#include "cli/ring_cuts.h"

#include <algorithm>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "base/error.h"
#include "cli/output_file.h"
#include "cli/terminal.h"
#include "cli/text.h"
#include "engine/ask/cuts.h"
#include "engine/ask/read_run.h"

namespace ringscope::cli {
namespace {

constexpr std::uint64_t kGroups = 50;      // listed on a terminal
constexpr std::uint64_t kPlateauSize = 5;  // accounts of a group that counts for plateaus
constexpr std::size_t kRows = 24, kBar = 30;

std::string bits_text(double bits) { return fmt::format("{:g}", bits); }

std::string ring_text(const CutGroup& group) {
  if (group.ring.empty()) return "";
  return group.ring_share < 1 ? fmt::format("{} ({})", group.ring, percent(group.ring_share)) : group.ring;
}

void print_groups(const Cut& cut) {
  Table table({{"accounts", Align::right},
               {"links", Align::right},
               {"density", Align::right},
               {"weakest bridge", Align::right},
               {"ring", Align::left, 10},
               {"accounts", Align::left, 10}});
  for (const CutGroup& group : cut.list) {
    const bool more = group.size > group.accounts.size();
    table.add({{thousands(group.size)},
               {thousands(group.links)},
               {decimal(group.density, 3)},
               {bits_text(group.bridge)},
               {ring_text(group)},
               {fmt::format("{}{}", fmt::join(group.accounts, ", "), more ? ", …" : "")}});
  }
  table.print();
}

int print_cut(const Globals& globals, const Store& store, const CutQuery& query) {
  const Cut cut =
      cut_run(store, query.run,
              {.cut = *query.cut,
               .min_size = std::max<std::uint64_t>(query.min_size, 2),
               .limit = static_cast<std::size_t>(query.limit.value_or(on_terminal() && !globals.json ? kGroups : 0))});
  if (globals.json) {
    for (const CutGroup& group : cut.list) print_line(group_to_json(cut, group));
    return 0;
  }
  if (!cut.list.empty()) print_groups(cut);
  print_line(styled(
      fmt::format("Links of {} bits or more hold {} together in {}, in run {}.", bits_text(cut.cut),
                  count_of(cut.accounts, "account", "accounts"), count_of(cut.groups, "group", "groups"), cut.run),
      Style::dim));
  return 0;
}

// Where the largest group takes over; not the last point, for then it never does.
bool is_knee(const CutChart& chart, const CutPoint& point) {
  return chart.knee && chart.knee->strength == point.strength && &point != &chart.curve.back();
}

// The points of the curve that the picture shows: at even steps from the weakest cut to the strongest, and the knee.
std::vector<const CutPoint*> shown_points(const CutChart& chart) {
  std::vector<const CutPoint*> points;
  const double top = static_cast<double>(chart.curve.front().strength);
  const double step = (top - static_cast<double>(chart.curve.back().strength)) / kRows;
  double next = top;
  for (const CutPoint& point : chart.curve) {
    const bool knee = is_knee(chart, point);
    const bool last = &point == &chart.curve.back();
    if (static_cast<double>(point.strength) > next && !knee && !last) continue;
    points.push_back(&point);
    next = static_cast<double>(point.strength) - step;
  }
  return points;
}

// The largest group dark, the other accounts in groups light.
std::string bar_of(const CutPoint& point, std::uint64_t accounts) {
  const auto columns = [&](std::uint64_t n) {
    return static_cast<std::size_t>((n * kBar + accounts - 1) / std::max<std::uint64_t>(accounts, 1));
  };
  const std::size_t largest = columns(point.largest), all = std::max(columns(point.vertices), largest);
  std::string text;
  for (std::size_t i = 0; i < all; ++i) text += i < largest ? "█" : "░";
  return text;
}

void print_chart(const CutChart& chart, double pair_cut) {
  Table table({{"cut, bits", Align::right},
               {"groups", Align::right},
               {"accounts", Align::right},
               {"largest", Align::right},
               {"second", Align::right},
               {"█ largest ░ others"},
               {""}});
  bool told = false;
  for (const CutPoint* point : shown_points(chart)) {
    std::string note = is_knee(chart, *point) ? "◀ knee" : "";
    if (!told && static_cast<double>(point->strength) <= pair_cut) {
      note += note.empty() ? "· the run's pair test" : ", the run's pair test";
      told = true;
    }
    table.add({{bits_text(static_cast<double>(point->strength))},
               {thousands(point->components)},
               {thousands(point->vertices)},
               {thousands(point->largest)},
               {thousands(point->second)},
               {bar_of(*point, chart.accounts)},
               {note, Style::dim}});
  }
  table.print();
}

void print_notes(const CutChart& chart) {
  const bool takes_over = chart.knee && chart.knee->strength > chart.curve.back().strength;
  if (takes_over)
    print_line(fmt::format("Knee at {} bits: below it the largest group takes over ({} of {} accounts there).",
                           bits_text(static_cast<double>(chart.knee->strength)), thousands(chart.knee->largest),
                           thousands(chart.accounts)));
  if (chart.knee && !takes_over)
    print_line(fmt::format("No knee: even with the weakest links the largest group has {} of {} accounts.",
                           thousands(chart.curve.back().largest), thousands(chart.accounts)));
  for (const Plateau& one : chart.plateaus)
    print_line(fmt::format("Stable from {} down to {} bits: {} of {} accounts or more.",
                           bits_text(static_cast<double>(one.strongest)), bits_text(static_cast<double>(one.weakest)),
                           count_of(one.components, "group", "groups"), chart.min_size));
  print_line(styled("'ringscope rings --cut BITS' lists the groups of a cut.", Style::dim));
}

}  // namespace

int print_cuts(const Globals& globals, const Store& store, const CutQuery& query) {
  if (query.cut && !query.svg.empty())
    throw Error(ErrorCode::usage, "a picture is of all cuts: leave out --cut, and say --cuts", "--svg");
  const RunSummary run = find_run(store, query.run);
  if (query.cut) return print_cut(globals, store, query);
  const CutChart chart = chart_cuts(store, run.run, query.min_size > 0 ? query.min_size : kPlateauSize);
  if (!query.svg.empty()) write_file(query.svg, chart_to_svg(chart));
  if (globals.json) {
    print_line(chart_to_json(chart));
  } else if (query.svg.empty()) {
    if (!chart.curve.empty()) print_chart(chart, run.tests.pair_cut);
    print_notes(chart);
  }
  return 0;
}

}  // namespace ringscope::cli
