#include "engine/ingest/part_import.h"

#include <algorithm>
#include <limits>

#include "base/error.h"
#include "engine/ingest/part.h"
#include "storage/codec.h"

namespace ringscope {
namespace {

bool same_length(const CellColumns& cells) {
  const std::size_t n = cells.account.size();
  return cells.kind.size() == n && cells.entity.size() == n && cells.day.size() == n && cells.count.size() == n &&
         cells.first.size() == n && cells.last.size() == n;
}

// Sorted and of each thing and day one: parts that were not merged repeat them.
std::vector<Cell> merged(std::vector<Cell> cells) {
  std::vector<Cell> result;
  std::ranges::sort(cells);
  while (!cells.empty()) {
    std::vector<Cell> distinct, again;
    for (const Cell& cell : cells) {
      const bool repeats =
          !distinct.empty() && distinct.back().entity == cell.entity && distinct.back().day == cell.day;
      (repeats ? again : distinct).push_back(cell);
    }
    merge_cells(result, distinct);
    cells = std::move(again);
  }
  return result;
}

}  // namespace

void require_plain_values(const Store& store) {
  if (!store.keyed() && store.suppressed().empty()) return;
  throw Error(ErrorCode::refused,
              "keeps kinds keyed or has erased accounts, of which a distributed run knows nothing; read the log with "
              "'ringscope ingest'",
              store.path().string());
}

PartImport::PartImport(Store& store, std::string source, std::string label, Way way)
    : store_(store), source_(std::move(source)), label_(std::move(label)) {
  require_plain_values(store);
  const std::vector<SourcePosition> positions = store.positions();
  known_ = std::ranges::find(positions, source_, &SourcePosition::source) != positions.end();
  writer_ = way == Way::bulk ? store.bulk_writer() : store.live_writer();
}

PartImport::~PartImport() = default;

KindId PartImport::kind(std::string_view name) { return name.empty() ? kAccountKind : store_.intern_kind(name); }

void PartImport::finish_account() {
  if (!has_row_) return;
  row_.cells = merged(std::move(row_.cells));
  writer_->add_row(row_);
  row_.clear();
  has_row_ = false;
}

void PartImport::add_cells(const CellColumns& cells) {
  if (!same_length(cells)) throw Error(ErrorCode::input, "columns of cells differ in length", label_);
  for (std::size_t i = 0; i < cells.account.size(); ++i) {
    const auto account = static_cast<KeyHash>(cells.account[i]);
    if (!has_row_ || account != row_.account) {
      finish_account();
      row_.account = account;
      has_row_ = true;
    }
    if (cells.count[i] < 0 || cells.count[i] > std::numeric_limits<std::uint32_t>::max())
      throw Error(ErrorCode::input, "the count of a cell is out of range", label_);
    row_.cells.push_back({{cells.kind[i], static_cast<KeyHash>(cells.entity[i])},
                          cells.day[i],
                          static_cast<std::uint32_t>(cells.count[i]),
                          cells.first[i],
                          cells.last[i]});
  }
}

void PartImport::add_activity(KeyHash account, std::string_view packed) {
  finish_account();
  AccountRow row;
  row.account = account;
  decode_activity(packed, DayWindow{}, row.activity);
  for (ActivityDay& day : row.activity) {
    for (TagCount& tag : day.tags) tag.tag.kind = kind(tag.tag.kind == kPartCapability ? "capability" : "model");
    std::ranges::sort(day.tags);
  }
  writer_->add_row(row);
}

void PartImport::add_facts(KeyHash account, std::string_view packed) {
  finish_account();
  AccountRow row;
  row.account = account;
  row.facts = decode_facts(packed);
  writer_->add_row(row);
}

void PartImport::add_name(KindId kind, KeyHash key, std::string_view value) {
  if (hash_value(value) != key) throw Error(ErrorCode::corrupt, "a name does not have the key it came with", label_);
  writer_->add_name({{kind, key}, std::string(value)});
}

CommitInfo PartImport::commit(std::uint64_t lines, std::uint64_t rejected) {
  finish_account();
  SourcePosition position;
  position.source = source_;
  position.label = label_;
  position.lines = lines;
  position.rejected = rejected;
  position.complete = true;
  writer_->set_position(position);
  return writer_->commit();
}

}  // namespace ringscope
