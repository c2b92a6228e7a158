// account,ring,score,tier,membership,reasons: one row an account in a ring; reasons are joined by "; ".
#include <fmt/format.h>

#include "engine/detect/overrule.h"
#include "engine/export/csv_text.h"
#include "engine/export/export.h"

namespace ringscope {
std::uint64_t write_accounts_csv(std::span<const Ring> rings, const ExportFilter& filter, const ExportSink& sink) {
  sink("account,ring,score,tier,membership,reasons\n");
  std::uint64_t rows = 0;
  for (const Ring& ring : rings) {
    for (const Member& member : ring.members) {
      if (!filter.keeps(member.tier)) continue;
      sink(fmt::format("{},{},{},{},{},{}\n", csv_field(member.name), csv_field(ring.id), member.score,
                       to_string(member.tier), member.membership, csv_field(reasons_text(member))));
      ++rows;
    }
  }
  return rows;
}

}  // namespace ringscope
