#include <algorithm>
#include <cmath>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "cli/ring_sections.h"
#include "cli/terminal.h"
#include "cli/text.h"
#include "engine/detect/ring/overrule.h"

namespace ringscope::cli {
namespace {

constexpr double kTellingNats = 0.005;  // what the table's two digits show
constexpr double kBarNats = 8;          // as long as a bar gets
constexpr std::size_t kBarColumns = 12;

// Towards a ring "++++", away from it "----": a sign, not a colour alone.
TableCell bar_of(double nats) {
  const double share = std::min(std::abs(nats) / kBarNats, 1.0);
  const auto columns = static_cast<std::size_t>(std::lround(share * static_cast<double>(kBarColumns)));
  return {std::string(nats == 0 ? 0 : std::max<std::size_t>(columns, 1), nats < 0 ? '-' : '+'),
          nats < 0 ? Style::green : Style::red};
}

std::string parts_text(const BridgeBrief& bridge) {
  constexpr std::size_t kShown = 4;
  std::string text;
  for (std::size_t i = 0; i < std::min(kShown, bridge.parts.size()); ++i)
    text += fmt::format("{}{} {}", i == 0 ? "" : ", ", bridge.parts[i].first, thousands(bridge.parts[i].second));
  if (bridge.parts.size() > kShown) text += fmt::format(", +{}", bridge.parts.size() - kShown);
  return text;
}

void print_bridges(const Structure& structure) {
  if (structure.bridges.empty()) return;
  print_heading("What bridges them");
  Table table({{"kind"},
               {"value", Align::left, 16},
               {"members reached", Align::left, 12},
               {"pairs joined", Align::right},
               {"without it", Align::left, 8}});
  for (const BridgeBrief& bridge : structure.bridges) {
    table.add({{bridge.kind},
               {bridge.value},
               {parts_text(bridge)},
               {thousands(bridge.joined)},
               {bridge.cut ? "! falls apart" : "holds", bridge.cut ? Style::yellow : Style::dim}});
  }
  table.print();
}

// With its figures where they are known.
std::string told(const ScoreStep& step) {
  if (step.name.starts_with("honest")) return step.name + "; " + step.title;
  return step.said.empty() ? step.title : step.said;
}

}  // namespace

void print_waterfall(const Waterfall& waterfall) {
  if (waterfall.steps.empty()) return;
  print_heading("How the score came to be");
  Table table({{"finding", Align::left, 20}, {"", Align::left}, {"nats", Align::right}, {"score", Align::right}});
  for (const ScoreStep& step : waterfall.steps) {
    if (step.name == "rest" && std::abs(step.nats) < kTellingNats) continue;
    table.add({{told(step)},
               bar_of(step.nats),
               {step.nats == 0 ? "" : fmt::format("{:+.2f}", step.nats)},
               {decimal(step.score, 3)}});
  }
  table.print();
  if (!waterfall.exact)
    print_line(
        styled("Another version of the program judged this run: its steps may have weighed otherwise.", Style::dim));
}

void print_structure(const Structure& structure, std::size_t limit) {
  if (structure.parts.size() < 2) {
    print_heading("Sub-communities: none, it is of one piece");
    return;
  }
  print_heading(fmt::format("Sub-communities: {}", structure.parts.size()));
  Table table(
      {{"part"}, {"accounts", Align::right}, {"most of them have", Align::left, 20}, {"such as", Align::left, 12}});
  const std::size_t shown = std::min(limit, structure.parts.size());
  for (std::size_t i = 0; i < shown; ++i) {
    const PartBrief& part = structure.parts[i];
    table.add({{part.id, Style::bold},
               {thousands(part.members)},
               {fmt::format("{}", fmt::join(part.things, ", "))},
               {fmt::format("{}", fmt::join(part.accounts, ", "))}});
  }
  table.print();
  if (shown < structure.parts.size())
    print_line(styled(fmt::format("… and {} smaller ones", thousands(structure.parts.size() - shown)), Style::dim));
  print_bridges(structure);
}

void print_members(const MembersPage& page, const std::string& more_hint) {
  print_heading("Members");
  Table table({{"account", Align::left, 16},
               {"membership", Align::right},
               {"score", Align::right},
               {"tier"},
               {"why", Align::left, 20}});
  for (const Member& member : page.items) {
    table.add({{member.name},
               {decimal(member.membership, 2)},
               {decimal(member.score, 3)},
               tier_cell(member.tier),
               {reasons_text(member)}});
  }
  table.print();
  if (page.items.size() < page.total) {
    print_line(styled(fmt::format("{} of {}; {}", thousands(page.items.size()), thousands(page.total), more_hint),
                      Style::dim));
  }
}

}  // namespace ringscope::cli
