#include <algorithm>

#include <fmt/format.h>

#include "cli/ring_sections.h"
#include "cli/terminal.h"
#include "cli/text.h"

namespace ringscope::cli {
namespace {

constexpr std::size_t kRings = 10;  // listed

}  // namespace

void print_overlap(const RingOverlap& overlap) {
  if (overlap.tenants.size() > 1) {
    print_heading("Tenants");
    Table table({{"campaign"}, {"accounts", Align::right}, {"share", Align::right}});
    for (const Share& one : overlap.tenants)
      table.add({{one.of}, {thousands(static_cast<std::uint64_t>(one.weight))}, {percent(one.share)}});
    table.print();
  }
  if (overlap.rings.empty()) return;
  print_heading("Members that other rings have a share in");
  Table table({{"ring"}, {"accounts' worth", Align::right}, {"members, a tenth or more", Align::right}});
  for (std::size_t i = 0; i < std::min(kRings, overlap.rings.size()); ++i) {
    const SharedRing& one = overlap.rings[i];
    table.add({{one.ring, Style::bold}, {decimal(one.accounts, 1)}, {thousands(one.members)}});
  }
  table.print();
}

}  // namespace ringscope::cli
