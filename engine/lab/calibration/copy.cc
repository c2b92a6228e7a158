#include "engine/lab/calibration/copy.h"

#include <algorithm>
#include <system_error>
#include <vector>

#include "base/error.h"

namespace ringscope::calibration {
namespace {

// Kinds get their numbers in order of first use, so asking in the order of the numbers gives the same ones.
std::vector<KindInfo> copy_kinds(const Store& from, Store& to) {
  std::vector<KindInfo> kinds = from.kinds();
  std::ranges::sort(kinds, {}, &KindInfo::id);
  for (const KindInfo& kind : kinds) {
    if (to.intern_kind(kind.name) != kind.id)
      throw Error(ErrorCode::internal, "the copy of the store numbers its kinds in another way", kind.name);
  }
  return kinds;
}

void copy_rows(const Store& from, BatchWriter& writer) {
  const DayWindow all;
  AccountRow row;
  from.scan_cells(all, [&](KeyHash account, std::span<const Cell> cells) {
    row.clear();
    row.account = account;
    row.cells.assign(cells.begin(), cells.end());
    if (!cells.empty()) writer.add_row(row);
  });
  row.clear();
  from.scan_activity(all, 0, 1, [&](KeyHash account, std::span<const ActivityDay> days) {
    row.account = account;
    row.activity.assign(days.begin(), days.end());
    if (!days.empty()) writer.add_row(row);
  });
  row.clear();
  from.scan_facts([&](KeyHash account, const AccountFacts& facts) {
    row.account = account;
    row.facts = facts;
    writer.add_row(row);
  });
}

void copy_names(const Store& from, KindId kind, BatchWriter& writer) {
  from.scan_names(kind, [&](KeyHash hash, std::string_view value) {
    writer.add_name({{kind, hash}, std::string(value)});
  });
}

}  // namespace

void copy_store(const Store& from, const std::filesystem::path& path) {
  const auto to = Store::open(path, {.mode = OpenMode::create});
  const std::vector<KindInfo> kinds = copy_kinds(from, *to);
  const auto writer = to->bulk_writer();
  copy_rows(from, *writer);
  copy_names(from, kAccountKind, *writer);
  for (const KindInfo& kind : kinds) copy_names(from, kind.id, *writer);
  writer->commit();
}

void link_store(const std::filesystem::path& from, const std::filesystem::path& to) {
  namespace fs = std::filesystem;
  try {
    fs::create_directories(to);
    for (const fs::directory_entry& entry : fs::recursive_directory_iterator(from)) {
      const fs::path target = to / fs::relative(entry.path(), from);
      if (entry.is_directory()) {
        fs::create_directories(target);
        continue;
      }
      std::error_code refused;
      if (entry.path().extension() == ".sst") fs::create_hard_link(entry.path(), target, refused);
      if (entry.path().extension() != ".sst" || refused) fs::copy_file(entry.path(), target);
    }
  } catch (const fs::filesystem_error& error) {
    throw Error(ErrorCode::io, "cannot copy the temporary store: " + error.code().message(), to.string());
  }
}

}  // namespace ringscope::calibration
