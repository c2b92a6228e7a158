// account,ring,score,tier,membership,reasons: one row an account in a ring; reasons are joined by "; ".
#include <iterator>

#include <fmt/format.h>

#include "engine/detect/overrule.h"
#include "engine/export/csv_text.h"
#include "engine/export/export.h"

namespace ringscope {
namespace {

constexpr std::size_t kPieceBytes = std::size_t{1} << 16;

}  // namespace

std::uint64_t write_accounts_csv(const RingSource& rings, const ExportFilter& filter, const ExportSink& sink) {
  std::string piece = "account,ring,score,tier,membership,reasons\n";
  std::uint64_t rows = 0;
  rings([&](const Ring& ring) {
    for (const Member& member : ring.members) {
      if (!filter.keeps(member.tier)) continue;
      append_csv_field(piece, member.name);
      piece += ',';
      append_csv_field(piece, ring.id);
      fmt::format_to(std::back_inserter(piece), ",{},{},{},", member.score, to_string(member.tier), member.membership);
      append_csv_field(piece, reasons_text(member));
      piece += '\n';
      ++rows;
      if (piece.size() < kPieceBytes) continue;
      sink(piece);
      piece.clear();
    }
  });
  sink(piece);
  return rows;
}

}  // namespace ringscope
