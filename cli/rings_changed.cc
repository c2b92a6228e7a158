#include <fmt/format.h>

#include "cli/ring_changes.h"
#include "cli/ring_life.h"
#include "cli/terminal.h"
#include "cli/text.h"
#include "engine/ask/life/ring_life.h"

namespace ringscope::cli {
namespace {

TableCell standing_cell(const Standing& standing) { return standing.live ? tier_cell(standing.tier) : TableCell{"-"}; }

}  // namespace

int print_changed(const Globals& globals, const Store& store, std::uint64_t run, const std::set<std::string>* wanted) {
  std::vector<ChangedRing> changed = changed_since(store, run);
  if (wanted != nullptr) std::erase_if(changed, [&](const auto& one) { return !wanted->contains(one.standing.ring); });
  if (globals.json) {
    for (const ChangedRing& one : changed) print_line(changed_to_json(one));
    return 0;
  }
  if (changed.empty()) {
    print_line(fmt::format("No ring changed after run {}.", run));
    return 0;
  }
  Table table({{"ring"},
               {"version", Align::right},
               {"tier"},
               {"accounts", Align::right},
               {"run", Align::right},
               {"what happened", Align::left, 20}});
  for (const ChangedRing& one : changed) {
    const Standing& standing = one.standing;
    bool first = true;
    for (const RingEvent& event : one.events) {
      TableCell version = first ? TableCell{std::to_string(standing.version)} : TableCell{};
      TableCell size = first ? TableCell{thousands(standing.live ? standing.members.size() : 0)} : TableCell{};
      table.add({first ? TableCell{standing.ring, Style::bold} : TableCell{},
                 std::move(version),
                 first ? standing_cell(standing) : TableCell{},
                 std::move(size),
                 {std::to_string(event.run)},
                 {change_text(event)}});
      first = false;
    }
  }
  table.print();
  print_line(styled(fmt::format("{} changed after run {}. 'ringscope ring ID --history' tells all.",
                                count_of(changed.size(), "ring", "rings"), run),
                    Style::dim));
  return 0;
}

}  // namespace ringscope::cli
