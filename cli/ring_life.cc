#include "cli/ring_life.h"

#include <algorithm>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "cli/terminal.h"
#include "cli/text.h"
#include "engine/ledger/account_names.h"
#include "engine/ledger/ring_event_json.h"

namespace ringscope::cli {
namespace {

constexpr std::size_t kBar = 20;  // columns of the largest size

std::string day_or_dash(Day day) { return format_day(day); }

std::string joined(const std::vector<std::string>& ids) { return fmt::format("{}", fmt::join(ids, ", ")); }

// What other rings have to do with it.
std::string relations_text(const RingEvent& event) {
  std::string text;
  const auto add = [&](const char* words, const std::vector<std::string>& ids) {
    if (!ids.empty()) text += fmt::format("{}{} {}", text.empty() ? "" : "; ", words, joined(ids));
  };
  const bool born = event.change == RingChange::born || event.change == RingChange::returned;
  add(born ? "out of" : event.change == RingChange::merged ? "took in" : "took a part of", event.parents);
  add(event.change == RingChange::retired ? "into" : "gave a part to", event.children);
  return text;
}

TableCell cell_of(const std::optional<Tier>& tier) { return tier ? tier_cell(*tier) : TableCell{"-"}; }

std::string signed_count(char sign, std::size_t count) { return count == 0 ? std::string() : sign + thousands(count); }

// Broken to the right of the picture.
std::vector<std::string> lines_of(const std::string& text) {
  constexpr std::size_t kBeside = 57;
  const std::size_t columns = terminal_columns();
  std::vector<std::string> lines;
  std::string rest = wrapped(text, columns > kBeside + 20 ? columns - kBeside : 20, 0);
  for (std::size_t end; (end = rest.find('\n')) != std::string::npos; rest.erase(0, end + 1))
    lines.push_back(rest.substr(0, end));
  lines.push_back(std::move(rest));
  return lines;
}

// At least one block for a ring that is not empty.
std::string bar_of(std::uint64_t size, std::uint64_t largest) {
  if (size == 0) return "";
  const auto blocks = std::max<std::uint64_t>(1, (size * kBar + largest / 2) / largest);
  std::string bar;
  for (std::uint64_t i = 0; i < blocks; ++i) bar += "█";
  return bar;
}

}  // namespace

std::string change_text(const RingEvent& event) {
  std::vector<std::string> parts;
  const bool whole =
      event.change == RingChange::born || event.change == RingChange::returned || event.change == RingChange::retired;
  if (!whole && !event.came.empty()) parts.push_back(fmt::format("{} came", thousands(event.came.size())));
  if (!whole && !event.went.empty()) parts.push_back(fmt::format("{} went", thousands(event.went.size())));
  if (!event.regraded.empty()) parts.push_back(fmt::format("{} changed tier", thousands(event.regraded.size())));
  std::string text = to_string(event.change);
  if (!parts.empty()) text += fmt::format(": {}", fmt::join(parts, ", "));
  const std::string relations = relations_text(event);
  return relations.empty() ? text : text + (whole ? " " : "; ") + relations;
}

std::string history_line(const Store& store, std::string_view id) {
  const auto stored = store.find_standing(id);
  if (!stored) return "";
  const Standing standing = standing_head_from_json(stored->payload);
  std::string text = fmt::format("version {} since run {}", standing.version, standing.run);
  if (standing.version > 1) {
    const auto last = store.find_event(standing.events.back());
    if (last) text += fmt::format(" ({})", change_text(event_from_json(*last)));
    text += fmt::format("; born in run {}", standing.born);
  }
  return text;
}

void print_history(const Globals& globals, const Store& store, const Standing& standing) {
  const std::vector<RingEvent> events = events_of(store, standing);
  if (globals.json) {
    for (const RingEvent& event : events) print_line(event_to_json(event, store));
    return;
  }
  Table table({{"seq", Align::right},
               {"run", Align::right},
               {"last day"},
               {"version", Align::right},
               {"what"},
               {"came", Align::right},
               {"went", Align::right},
               {"accounts", Align::right},
               {"tier"},
               {"other rings", Align::left, 12}});
  for (const RingEvent& event : events) {
    table.add({{std::to_string(event.seq)},
               {std::to_string(event.run)},
               {day_or_dash(event.day)},
               {std::to_string(event.version)},
               {to_string(event.change), Style::bold},
               {signed_count('+', event.came.size())},
               {signed_count('-', event.went.size())},
               {thousands(event.size)},
               cell_of(event.tier),
               {relations_text(event)}});
  }
  table.print();
}

void print_timeline(const Globals& globals, const Store& store, const Standing& standing) {
  if (globals.json) return print_history(globals, store, standing);
  const std::vector<RingEvent> events = events_of(store, standing);
  std::uint64_t largest = 1;
  for (const RingEvent& event : events) largest = std::max(largest, event.size);
  const std::uint64_t latest = store.counts().runs;
  Table table({{"run", Align::right}, {"last day"}, {"tier"}, {"accounts", Align::right}, {""}, {"what happened"}});
  for (std::size_t i = 0; i < events.size(); ++i) {
    const RingEvent& event = events[i];
    const std::vector<std::string> words = lines_of(change_text(event));
    table.add({{std::to_string(event.run)},
               {day_or_dash(event.day)},
               cell_of(event.tier),
               {thousands(event.size)},
               {bar_of(event.size, largest), event.tier ? style_of(*event.tier) : Style::plain},
               {words.front()}});
    for (std::size_t w = 1; w < words.size(); ++w) table.add({{}, {}, {}, {}, {}, {words[w]}});
    const std::uint64_t next = i + 1 < events.size() ? events[i + 1].run : latest + 1;
    if (next == event.run + 1) continue;
    const std::string quiet = event.size == 0 ? "gone" : "no change";
    table.add({{"⋮"},
               {},
               {},
               {},
               {},
               {fmt::format("{} for {}", quiet, count_of(next - event.run - 1, "run", "runs")), Style::dim}});
  }
  print_line(styled(standing.ring, Style::bold) + fmt::format("  {}, version {}, born in run {}",
                                                              standing.live ? "lives" : "retired", standing.version,
                                                              standing.born));
  print_line("");
  table.print();
}

void print_version(const Globals& globals, const Store& store, const Standing& standing, std::uint64_t run) {
  const RingVersion version = version_at(store, standing, run);
  if (globals.json) {
    print_line(version_to_json(store, standing, version, run));
    return;
  }
  print_line(styled(standing.ring, Style::bold) + "  " + styled(tier_text(version.tier), style_of(version.tier)) +
             "  " + count_of(version.members.size(), "account", "accounts"));
  print_facts(
      {{"version", fmt::format("{}, of run {} (up to {})", version.version, version.run, day_or_dash(version.day))},
       {"kept", "members and tiers only: the pages of run " + std::to_string(run) + " are gone"}});
  print_heading("Members");
  const std::vector<std::string> names = account_names(store, version.members);
  Table table({{"account", Align::left, 16}, {"tier"}});
  for (std::size_t i = 0; i < names.size(); ++i) table.add({{names[i]}, tier_cell(version.members[i].tier)});
  table.print();
}

}  // namespace ringscope::cli
