// account,ring,score,tier,membership,reasons: one row an account in a ring; reasons are joined by "; ".
#include <array>

#include <fmt/compile.h>

#include "engine/detect/overrule.h"
#include "engine/export/csv_text.h"
#include "engine/export/export.h"

namespace ringscope {
namespace {

constexpr std::size_t kPieceBytes = std::size_t{1} << 16;

void append_number(std::string& row, double number) {
  std::array<char, 32> digits{};
  char* const end = fmt::format_to(digits.data(), FMT_COMPILE("{}"), number);  // 24 at most
  row.append(digits.data(), end);
}

void append_row(std::string& row, const Member& member, std::string_view ring) {
  append_csv_field(row, member.name);
  row += ring;
  append_number(row, member.score);
  row += ',';
  row += to_string(member.tier);
  row += ',';
  append_number(row, member.membership);
  row += ',';
  append_csv_field(row, reasons_text(member));
  row += '\n';
}

}  // namespace

std::uint64_t write_accounts_csv(const RingSource& rings, const ExportFilter& filter, const ExportSink& sink) {
  std::string piece = "account,ring,score,tier,membership,reasons\n";
  std::uint64_t rows = 0;
  rings([&](const Ring& ring) {
    const std::string between = "," + csv_field(ring.id) + ",";
    for (const Member& member : ring.members) {
      if (!filter.keeps(member.tier)) continue;
      append_row(piece, member, between);
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
