// account,ring,score,tier,membership,reasons: one row an account in a ring. Quoted as RFC 4180 says; reasons are joined
// by "; ".
#include <fmt/format.h>

#include "engine/detect/overrule.h"
#include "engine/export/export.h"

namespace ringscope {
namespace {

std::string csv_field(std::string_view text) {
  const bool spaced = !text.empty() && (text.front() == ' ' || text.back() == ' ');
  if (text.find_first_of(",\"\r\n") == std::string_view::npos && !spaced) return std::string(text);
  std::string quoted = "\"";
  for (const char c : text) {
    if (c == '"') quoted += '"';
    quoted += c;
  }
  return quoted += '"';
}

}  // namespace

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
