// account,ring,score,tier,membership,reasons: one row an account in a ring; reasons are joined by "; ".
#include <array>
#include <atomic>

#include <fmt/compile.h>

#include "engine/detect/ring/overrule.h"
#include "engine/export/csv_text.h"
#include "engine/export/export.h"

namespace ringscope {
namespace {

void append_number(std::string& row, double number) {
  std::array<char, 32> digits{};
  char* const end = fmt::format_to(digits.data(), FMT_COMPILE("{}"), number);  // 24 at most
  row.append(digits.data(), end);
}

void append_row(std::string& row, const Member& member, std::string_view ring, std::string& reasons) {
  append_csv_field(row, member.name);
  row += ring;
  append_number(row, member.score);
  row += ',';
  row += to_string(member.tier);
  row += ',';
  append_number(row, member.membership);
  row += ',';
  reasons.clear();
  append_reasons(reasons, member);
  append_csv_field(row, reasons);
  row += '\n';
}

}  // namespace

std::uint64_t write_accounts_csv(const RingSource& rings, const ExportFilter& filter, const ExportSink& sink) {
  std::atomic<std::uint64_t> rows = 0;
  const auto print = [&](const Ring& ring, std::string& text) {
    const std::string between = "," + csv_field(ring.id) + ",";
    std::string reasons;  // of one member; its memory is used again
    std::uint64_t kept = 0;
    for (const Member& member : ring.members) {
      if (!filter.keeps(member.tier)) continue;
      append_row(text, member, between, reasons);
      ++kept;
    }
    rows += kept;
  };
  sink("account,ring,score,tier,membership,reasons\n");
  rings.print(print, sink);
  return rows;
}

}  // namespace ringscope
