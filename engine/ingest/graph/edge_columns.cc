#include "engine/ingest/graph/edge_columns.h"

#include <string>
#include <utility>

#include "engine/ingest/normalize.h"

namespace ringscope {

constexpr EdgeColumns::PartName EdgeColumns::kNames[] = {
    {"source", kSource}, {"from", kSource}, {"account", kSource}, {"u", kSource},      {"v", kTarget},
    {"target", kTarget}, {"to", kTarget},   {"value", kTarget},   {"weight", kWeight}, {"count", kWeight},
    {"kind", kKind},     {"ts", kFirst},    {"time", kFirst},     {"first", kFirst},   {"last", kLast}};

EdgeColumns::EdgeColumns() {
  place_.fill(kNowhere);
  place_[kSource] = 0;
  place_[kTarget] = 1;
  place_[kWeight] = 2;
}

bool EdgeColumns::take_names(std::span<const std::string_view> names) {
  std::array<std::size_t, kParts> found{};
  found.fill(kNowhere);
  std::string lower;
  for (std::size_t i = 0; i < names.size(); ++i) {
    const std::string_view name = to_lower(trim(names[i]), lower);
    for (const PartName& one : kNames) {
      if (one.name == name && found[one.part] == kNowhere) found[one.part] = i;
    }
  }
  if (found[kSource] == kNowhere || found[kTarget] == kNowhere) return false;
  place_ = found;
  return true;
}

std::string_view EdgeColumns::field(std::span<const std::string_view> fields, Part part) const {
  return place_[part] < fields.size() ? trim(fields[place_[part]]) : std::string_view();
}

void EdgeColumns::add(std::span<const std::string_view> fields, std::uint64_t line, GraphRows& rows) const {
  if (place_[kTarget] >= fields.size()) rows.fail(line, "target", "is missing: an edge has two ends");
  GraphRow row;
  row.kind = field(fields, kKind);
  if (const std::string_view weight = field(fields, kWeight); !weight.empty())
    row.count = rows.count(weight, line, "weight");
  row.first = rows.time(field(fields, kFirst), line, "ts");
  row.last = rows.time(field(fields, kLast), line, "last");
  rows.add_plain(field(fields, kSource), field(fields, kTarget), std::move(row), line);
}

}  // namespace ringscope
