// Reading: kinds, positions, rows, names.
#include "storage/store.h"

#include <algorithm>

#include "base/error.h"
#include "storage/codec.h"
#include "storage/store_internal.h"

namespace ringscope {

// -- kinds

KindId Store::intern_kind(std::string_view name) {
  constexpr std::size_t kMostKinds = 250;
  const std::scoped_lock lock(impl_->kinds_mutex);
  const auto found = impl_->kinds.find(name);
  if (found != impl_->kinds.end()) return found->second;
  if (impl_->kinds.size() >= kMostKinds) {
    throw Error(ErrorCode::usage, "more than 250 kinds of entities; is a column of values named as a kind?");
  }
  const auto id = static_cast<KindId>(impl_->kinds.size() + 1);
  impl_->kinds.emplace(name, id);
  impl_->new_kinds.push_back({id, std::string(name)});
  return id;
}

std::optional<KindId> Store::find_kind(std::string_view name) const {
  const std::scoped_lock lock(impl_->kinds_mutex);
  const auto found = impl_->kinds.find(name);
  return found == impl_->kinds.end() ? std::nullopt : std::optional(found->second);
}

std::string Store::kind_name(KindId kind) const {
  if (kind == kAccountKind) return "account";
  const std::scoped_lock lock(impl_->kinds_mutex);
  for (const auto& [name, id] : impl_->kinds) {
    if (id == kind) return name;
  }
  throw Error(ErrorCode::corrupt, "a stored row names a kind that the store does not know; run 'ringscope doctor'");
}

std::vector<KindInfo> Store::kinds() const {
  const std::scoped_lock lock(impl_->kinds_mutex);
  std::vector<KindInfo> kinds;
  for (const auto& [name, id] : impl_->kinds) kinds.push_back({id, name});
  return kinds;
}

// -- ingest

std::vector<SourcePosition> Store::positions() const {
  std::vector<SourcePosition> positions;
  impl_->scan(schema::kPositions, "", "",
              [&](std::string_view, std::string_view value) { positions.push_back(decode_position(value)); });
  return positions;
}

std::vector<Reject> Store::rejects(std::size_t limit) const {
  std::vector<Reject> rejects;
  impl_->scan(schema::kRejects, "", "", [&](std::string_view, std::string_view value) {
    if (rejects.size() < limit) rejects.push_back(decode_reject(value));
  });
  return rejects;
}

std::filesystem::path Store::rejects_directory() const { return impl_->path / "rejects"; }

// -- rows

namespace {

// Keys of accounts in part `part` of `parts` equal ranges; last is empty for "to the end".
struct KeyRange {
  std::string first, last;
};
KeyRange part_range(std::size_t part, std::size_t parts) {
  const auto border = [&](std::size_t p) {
    return static_cast<std::uint64_t>(static_cast<long double>(p) / static_cast<long double>(parts) *
                                      18446744073709551616.0L);
  };
  return {schema::key_u64(border(part)), part + 1 == parts ? std::string() : schema::key_u64(border(part + 1))};
}

// Calls visit(account, items) with the fragments of an account merged, in ascending order of accounts.
template <class Item, class Decode, class Merge, class Visit>
void scan_rows(const Store::Impl& store, schema::Family family, const KeyRange& range, const Decode& decode,
               const Merge& merge, const Visit& visit) {
  std::vector<Item> items, fragment;
  KeyHash account = 0;
  bool any = false;
  store.scan(family, range.first, range.last, [&](std::string_view key, std::string_view value) {
    if (key.size() != 16) throw Error(ErrorCode::corrupt, "damaged key of a row; run 'ringscope doctor'");
    const KeyHash row = schema::read_u64(key, 0);
    if (any && row == account) {
      fragment.clear();
      decode(value, fragment);
      merge(items, fragment);
      return;
    }
    if (any) visit(account, items);
    any = true;
    account = row;
    items.clear();
    decode(value, items);
  });
  if (any) visit(account, items);
}

}  // namespace

void Store::scan_cells(const DayWindow& window,
                       const std::function<void(KeyHash, std::span<const Cell>)>& visit) const {
  scan_cells(window, 0, 1, visit);
}

void Store::scan_cells(const DayWindow& window, std::size_t part, std::size_t parts,
                       const std::function<void(KeyHash, std::span<const Cell>)>& visit) const {
  scan_rows<Cell>(
      *impl_, schema::kCells, part_range(part, parts),
      [&](std::string_view bytes, std::vector<Cell>& cells) { decode_cells(bytes, window, cells); }, merge_cells,
      [&](KeyHash account, const std::vector<Cell>& cells) {
        if (!cells.empty()) visit(account, cells);
      });
}

void Store::scan_activity(const DayWindow& window, std::size_t part, std::size_t parts,
                          const std::function<void(KeyHash, std::span<const ActivityDay>)>& visit) const {
  scan_rows<ActivityDay>(
      *impl_, schema::kActivity, part_range(part, parts),
      [&](std::string_view bytes, std::vector<ActivityDay>& days) { decode_activity(bytes, window, days); },
      merge_activity,
      [&](KeyHash account, const std::vector<ActivityDay>& days) {
        if (!days.empty()) visit(account, days);
      });
}

void Store::scan_facts(const std::function<void(KeyHash, const AccountFacts&)>& visit) const {
  scan_rows<AccountFacts>(
      *impl_, schema::kFacts, part_range(0, 1),
      [](std::string_view bytes, std::vector<AccountFacts>& facts) { facts.push_back(decode_facts(bytes)); },
      [](std::vector<AccountFacts>& into, const std::vector<AccountFacts>& from) { merge_facts(into[0], from[0]); },
      [&](KeyHash account, const std::vector<AccountFacts>& facts) { visit(account, facts[0]); });
}

std::vector<Cell> Store::cells_of(KeyHash account, const DayWindow& window) const {
  std::vector<Cell> all;
  visit_cells({&account, 1}, window,
              [&](KeyHash, std::span<const Cell> cells) { all.assign(cells.begin(), cells.end()); });
  return all;
}

std::vector<ActivityDay> Store::activity_of(KeyHash account, const DayWindow& window) const {
  std::vector<ActivityDay> all;
  visit_activity({&account, 1}, window,
                 [&](KeyHash, std::span<const ActivityDay> days) { all.assign(days.begin(), days.end()); });
  return all;
}

AccountFacts Store::facts_of(KeyHash account) const {
  AccountFacts all;
  visit_facts({&account, 1}, [&](KeyHash, const AccountFacts& facts) { all = facts; });
  return all;
}

std::optional<DayWindow> Store::day_range() const { return impl_->days(); }

Store::Counts Store::counts() const {
  const auto estimate = [&](schema::Family f) {
    std::uint64_t keys = 0;
    (void)impl_->db->GetIntProperty(impl_->family(f), rocksdb::DB::Properties::kEstimateNumKeys, &keys);
    return keys;
  };
  return {impl_->counter("batch"), estimate(schema::kCells), estimate(schema::kNames), impl_->counter("run")};
}

// -- names

std::optional<std::string> Store::name_of(VertexKey key) const {
  return impl_->get(schema::kNames, schema::key_vertex(key));
}

std::vector<std::optional<std::string>> Store::names_of(std::span<const VertexKey> keys) const {
  std::vector<std::string> encoded;
  encoded.reserve(keys.size());
  for (const VertexKey key : keys) encoded.push_back(schema::key_vertex(key));
  const std::vector<rocksdb::Slice> slices(encoded.begin(), encoded.end());
  const std::vector<rocksdb::ColumnFamilyHandle*> families(keys.size(), impl_->family(schema::kNames));
  std::vector<std::string> values;
  rocksdb::ReadOptions options;
  options.fill_cache = !impl_->brief;  // as Store::Impl::get()
  const std::vector<rocksdb::Status> statuses = impl_->db->MultiGet(options, families, slices, &values);
  std::vector<std::optional<std::string>> names(keys.size());
  for (std::size_t i = 0; i < keys.size(); ++i) {
    if (statuses[i].IsNotFound()) continue;
    check(statuses[i], "reading names");
    names[i] = std::move(values[i]);
  }
  return names;
}

void Store::scan_names(KindId kind, const std::function<void(KeyHash, std::string_view)>& visit) const {
  const std::unique_ptr<rocksdb::Iterator> it(impl_->db->NewIterator({}, impl_->family(schema::kNames)));
  const std::string prefix(1, static_cast<char>(kind));
  for (it->Seek(prefix); it->Valid() && it->key().starts_with(prefix); it->Next()) {
    const rocksdb::Slice key = it->key();
    visit(schema::read_u64({key.data(), key.size()}, 1), {it->value().data(), it->value().size()});
  }
  check(it->status(), "reading names");
}

}  // namespace ringscope
