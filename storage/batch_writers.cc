// The two ways in: sorted files for much at once, one synced write batch for little.
#include <algorithm>
#include <map>

#include "base/error.h"
#include "storage/bulk_rows_internal.h"
#include "storage/codec.h"
#include "storage/name_runs.h"
#include "storage/sealer_internal.h"
#include "storage/spellings.h"
#include "storage/store_internal.h"

namespace ringscope {

void widen(std::optional<DayWindow>& days, const DayWindow& by) {
  if (!days) days = by;
  days->first = std::min(days->first, by.first);
  days->last = std::max(days->last, by.last);
}

void widen(std::optional<DayWindow>& days, const AccountRow& row) {
  const auto add = [&](Day day) {
    if (day != kNoDay) widen(days, {day, day});
  };
  for (const Cell& cell : row.cells) add(cell.day);
  for (const ActivityDay& day : row.activity) add(day.day);
  for (const StatedFact* fact : {&row.facts.plan, &row.facts.status}) {
    for (const Statement& statement : fact->statements()) {
      add(day_of(statement.first));
      add(day_of(statement.last));
    }
  }
}

std::string encode_days(const DayWindow& days) {
  std::string bytes;
  Encoder out(bytes);
  out.signed_number(days.first);
  out.signed_number(days.last);
  return bytes;
}

std::optional<DayWindow> Store::Impl::days() const {
  const std::optional<std::string> bytes = get(schema::kMeta, "days");
  if (!bytes) return std::nullopt;
  Decoder in(*bytes, "range of days");
  DayWindow window;
  window.first = static_cast<Day>(in.signed_number());
  window.last = static_cast<Day>(in.signed_number());
  return window;
}

std::vector<KeyValue> Store::Impl::commit_meta(std::uint64_t batch, const std::optional<DayWindow>& added_days) {
  std::vector<KeyValue> entries;
  std::string number;
  Encoder(number).number(batch);
  entries.push_back({"batch", number});
  if (added_days) {
    DayWindow all = *added_days;
    if (const auto before = days()) all = {std::min(all.first, before->first), std::max(all.last, before->last)};
    entries.push_back({"days", encode_days(all)});
  }
  const std::scoped_lock lock(kinds_mutex);
  for (const KindInfo& kind : new_kinds) {
    entries.push_back({std::string("kind/") + static_cast<char>(kind.id), kind.name});
  }
  std::sort(entries.begin(), entries.end(), [](const KeyValue& a, const KeyValue& b) { return a.key < b.key; });
  return entries;
}

void Store::Impl::kinds_committed() {
  const std::scoped_lock lock(kinds_mutex);
  new_kinds.clear();
}

namespace {

constexpr std::size_t kNameBytes = std::size_t{128} << 20;

// A row as it is stored.
struct PackedRow {
  explicit PackedRow(const AccountRow& row) : account(row.account) {
    if (!row.cells.empty()) cells = encode_cells(row.cells);
    if (!row.activity.empty()) activity = encode_activity(row.activity);
    if (!row.facts.empty()) facts = encode_facts(row.facts);
    widen(days, row);
  }

  KeyHash account;
  std::string cells, activity, facts;  // empty: none
  std::optional<DayWindow> days;
};

// Tells new names from stored ones, and either from collisions; asked in ascending order of keys.
class NameCheck {
 public:
  explicit NameCheck(Store::Impl& store) {
    rocksdb::ReadOptions options;
    options.total_order_seek = true;
    it_.reset(store.db->NewIterator(options, store.family(schema::kNames)));
  }
  // True when the name is to be written. A key that holds another value already is a collision: the first stays.
  bool is_new(const Name& name, const std::string& key, std::vector<Name>& collisions) {
    if (key == last_key_) {
      collisions.push_back(name);  // an equal name does not come twice
      return false;
    }
    last_key_ = key;
    advance_to(key);
    if (!it_->Valid() || view(it_->key()) != key) return true;
    if (view(it_->value()) != name.value) collisions.push_back(name);
    return false;
  }

 private:
  void advance_to(const std::string& key) {
    for (int step = 0; step < 8 && sought_ && it_->Valid() && view(it_->key()) < key; ++step) it_->Next();
    if (!sought_ || (it_->Valid() && view(it_->key()) < key)) it_->Seek(key);
    sought_ = true;
    check(it_->status(), "looking up names");
  }
  std::unique_ptr<rocksdb::Iterator> it_;
  std::string last_key_;
  bool sought_ = false;
};

// The rows of a batch for the vault.
class SealedRows {
 public:
  explicit SealedRows(const Store::Impl& store) : store_(store) {}

  // The name with the row that the vault is to have of it. The day begins the row, so rows of a name ascend by day.
  Name seal(const Name& name, Day day, std::string_view value) {
    if (!sealer_) sealer_.emplace(store_.read_day_keys());
    const auto kind = store_.sealed_kind(name.key.kind);
    if (!kind) throw Error(ErrorCode::internal, "a value is to be sealed whose kind is not");
    return {name.key, sealer_->seal({*kind, name.value}, day, value)};
  }
  bool counts(const std::string& key, std::string_view row) const {
    const auto before = store_.get(schema::kVault, key);
    return !before || sealer_->replaces(row, *before);
  }
  void save() {
    if (sealer_) sealer_->save();
  }

 private:
  const Store::Impl& store_;
  std::optional<Sealer> sealer_;  // none before the first value
};

// A batch as changes of keys, which sorted files can take.
class AsChanges final : public rocksdb::WriteBatch::Handler {
 public:
  explicit AsChanges(const Store::Impl& store) : store_(store) {}
  rocksdb::Status PutCF(std::uint32_t id, const rocksdb::Slice& key, const rocksdb::Slice& value) override {
    changes_.put(family_of(id), key.ToString(), value.ToString());
    return rocksdb::Status::OK();
  }
  rocksdb::Status DeleteCF(std::uint32_t id, const rocksdb::Slice& key) override {
    changes_.drop(family_of(id), key.ToString());
    return rocksdb::Status::OK();
  }
  const Changes& changes() const { return changes_; }

 private:
  schema::Family family_of(std::uint32_t id) const {
    const auto found = std::ranges::find_if(
        store_.families, [&](const auto* family) { return family != nullptr && family->GetID() == id; });
    return static_cast<schema::Family>(found - store_.families.begin());
  }

  const Store::Impl& store_;
  Changes changes_;
};

class BulkWriter final : public BulkRows {
 public:
  explicit BulkWriter(Store::Impl& store)
      : store_(store),
        batch_(store.counter("batch") + 1),
        files_(store),
        names_(files_.directory(), kNameBytes),
        sealing_(store),
        sealed_(files_.directory() / "sealed", kNameBytes) {}

  void add_row(const AccountRow& row) override { put(PackedRow(row)); }
  void add_rows(std::span<const AccountRow> rows, const InTurn& in_turn) override {
    std::vector<PackedRow> packed;
    packed.reserve(rows.size());
    for (const AccountRow& row : rows) packed.emplace_back(row);
    in_turn([&] {
      for (const PackedRow& row : packed) put(row);
    });
  }
  void add_name(const Name& name) override { names_.add(name); }
  void add_sealed(const Name& name, Day day, std::string_view value) override {
    if (sealed_.empty()) std::filesystem::create_directory(files_.directory() / "sealed");
    sealed_.add(sealing_.seal(name, day, value));
  }
  void set_position(const SourcePosition& position) override { positions_[position.source] = position; }
  void add_reject(const Reject& reject) override { rejects_.push_back(reject); }

  Store::Impl& store() override { return store_; }
  CommitInfo commit() override { return is_empty() ? CommitInfo{} : commit_with(rocksdb::WriteBatch()); }
  CommitInfo commit_with(const rocksdb::WriteBatch& more) override {
    CommitInfo info;
    info.batch = batch_;
    put_names(info.collisions);
    put_sealed();
    for (const auto& [source, position] : positions_) files_.put(schema::kPositions, source, encode_position(position));
    for (std::uint32_t i = 0; i < rejects_.size(); ++i) {
      files_.put(schema::kRejects, schema::key_reject(batch_, i), encode_reject(rejects_[i]));
    }
    info.accounts = std::move(accounts_);
    std::ranges::sort(info.accounts);
    info.accounts.erase(std::unique(info.accounts.begin(), info.accounts.end()), info.accounts.end());
    put_touched(store_, batch_, info.accounts,
                [&](const std::string& key, const std::string& value) { files_.put(schema::kTouched, key, value); });
    for (const KeyValue& entry : store_.commit_meta(batch_, days_)) files_.put(schema::kMeta, entry.key, entry.value);
    AsChanges changes(store_);
    check(more.Iterate(&changes), "reading a batch");
    changes.changes().write(files_);
    sealing_.save();
    files_.ingest();
    store_.kinds_committed();
    store_.merge_fragments_if_many();
    return info;
  }

 private:
  bool is_empty() const { return accounts_.empty() && names_.empty() && positions_.empty() && rejects_.empty(); }
  void put(const PackedRow& row) {
    if (!accounts_.empty() && row.account <= accounts_.back()) next_run();
    const std::string key = schema::key_u64_u64(row.account, batch_ << 16 | run_);
    if (!row.cells.empty()) files_.put(schema::kCells, key, row.cells);
    if (!row.activity.empty()) files_.put(schema::kActivity, key, row.activity);
    if (!row.facts.empty()) files_.put(schema::kFacts, key, row.facts);
    if (row.days) widen(days_, *row.days);
    accounts_.push_back(row.account);
  }
  void put_names(std::vector<Name>& collisions) {
    NameCheck name_check(store_);
    SpellingFiles spellings(files_, SpellingFiles::What::put);
    names_.merge([&](const Name& name) {
      const std::string key = schema::key_vertex(name.key);
      if (!name_check.is_new(name, key, collisions)) return;
      files_.put(schema::kNames, key, name.value);
      spellings.add(name);
    });
    spellings.flush();
  }
  // Of several rows of a name the last counts.
  void put_sealed() {
    Name last;
    const auto put_last = [&] {
      const std::string key = schema::key_vertex(last.key);
      if (!last.value.empty() && sealing_.counts(key, last.value)) files_.put(schema::kVault, key, last.value);
    };
    sealed_.merge([&](const Name& row) {
      if (row.key != last.key) put_last();
      last = row;
    });
    put_last();
  }
  // An account that comes again is another fragment of the same batch.
  void next_run() {
    if (++run_ > 0xFFFF) throw Error(ErrorCode::internal, "more than 65,536 sorted runs in one batch; raise --memory");
    for (const auto f : {schema::kCells, schema::kActivity, schema::kFacts}) files_.start_file(f);
  }

  Store::Impl& store_;
  std::uint64_t batch_;
  std::uint64_t run_ = 0;
  std::vector<KeyHash> accounts_;
  std::optional<DayWindow> days_;
  SortedFiles files_;
  NameRuns names_;
  SealedRows sealing_;
  NameRuns sealed_;  // rows of the vault
  std::map<std::string, SourcePosition> positions_;
  std::vector<Reject> rejects_;
};

class LiveWriter final : public BatchWriter {
 public:
  explicit LiveWriter(Store::Impl& store) : store_(store), sealing_(store) { store.require_writable(); }

  void add_row(const AccountRow& row) override {
    AccountRow& merged = rows_[row.account];
    merge_cells(merged.cells, row.cells);
    merge_activity(merged.activity, row.activity);
    merge_facts(merged.facts, row.facts);
    widen(days_, row);
  }
  void add_name(const Name& name) override {
    std::vector<std::string>& values = names_[name.key];
    const auto at = std::lower_bound(values.begin(), values.end(), name.value);
    if (at == values.end() || *at != name.value) values.insert(at, name.value);
  }
  void add_sealed(const Name& name, Day day, std::string_view value) override {
    Name row = sealing_.seal(name, day, value);
    std::string& latest = sealed_[row.key];
    latest = std::max(latest, row.value);
  }
  void set_position(const SourcePosition& position) override { positions_[position.source] = position; }
  void add_reject(const Reject& reject) override { rejects_.push_back(reject); }

  CommitInfo commit() override {
    CommitInfo info;
    if (rows_.empty() && names_.empty() && positions_.empty() && rejects_.empty()) return info;
    info.batch = store_.counter("batch") + 1;
    rocksdb::WriteBatch batch;
    put_rows(batch, info.batch);
    put_names(batch, info.collisions);
    for (const auto& [vertex, row] : sealed_) {
      const std::string key = schema::key_vertex(vertex);
      if (sealing_.counts(key, row)) put(batch, schema::kVault, key, row);
    }
    for (const auto& [source, position] : positions_) put(batch, schema::kPositions, source, encode_position(position));
    for (std::uint32_t i = 0; i < rejects_.size(); ++i) {
      put(batch, schema::kRejects, schema::key_reject(info.batch, i), encode_reject(rejects_[i]));
    }
    for (const auto& [account, row] : rows_) info.accounts.push_back(account);
    put_touched(store_, info.batch, info.accounts,
                [&](const std::string& key, const std::string& value) { put(batch, schema::kTouched, key, value); });
    for (const KeyValue& entry : store_.commit_meta(info.batch, days_))
      put(batch, schema::kMeta, entry.key, entry.value);
    sealing_.save();
    rocksdb::WriteOptions synced;
    synced.sync = true;
    check(store_.db->Write(synced, &batch), "writing a batch");
    store_.kinds_committed();
    store_.merge_fragments_if_many();
    return info;
  }

 private:
  void put(rocksdb::WriteBatch& batch, schema::Family f, const std::string& key, const std::string& value) {
    check(batch.Put(store_.family(f), key, value), "building a batch");
  }
  void put_rows(rocksdb::WriteBatch& batch, std::uint64_t number) {
    for (const auto& [account, row] : rows_) {
      const std::string key = schema::key_u64_u64(account, number << 16);
      if (!row.cells.empty()) put(batch, schema::kCells, key, encode_cells(row.cells));
      if (!row.activity.empty()) put(batch, schema::kActivity, key, encode_activity(row.activity));
      if (!row.facts.empty()) put(batch, schema::kFacts, key, encode_facts(row.facts));
    }
  }
  void put_names(rocksdb::WriteBatch& batch, std::vector<Name>& collisions) {
    NameCheck name_check(store_);
    for (const auto& [vertex, values] : names_) {
      const std::string key = schema::key_vertex(vertex);
      for (const std::string& value : values) {
        if (!name_check.is_new({vertex, value}, key, collisions)) continue;
        put(batch, schema::kNames, key, value);
        for (const std::string& spelling : spelling_keys({vertex, value})) put(batch, schema::kSpellings, spelling, "");
      }
    }
  }

  Store::Impl& store_;
  std::map<KeyHash, AccountRow> rows_;
  std::map<VertexKey, std::vector<std::string>> names_;  // values ascending, so that the smallest is the first
  SealedRows sealing_;
  std::map<VertexKey, std::string> sealed_;  // rows of the vault
  std::map<std::string, SourcePosition> positions_;
  std::vector<Reject> rejects_;
  std::optional<DayWindow> days_;
};

}  // namespace

void BatchWriter::add_rows(std::span<const AccountRow> rows, const InTurn& in_turn) {
  in_turn([&] {
    for (const AccountRow& row : rows) add_row(row);
  });
}

void BatchWriter::add_sealed(const Name&, Day, std::string_view) {
  throw Error(ErrorCode::internal, "what is written here seals nothing");
}

std::unique_ptr<BatchWriter> Store::bulk_writer() { return std::make_unique<BulkWriter>(*impl_); }
std::unique_ptr<BatchWriter> Store::live_writer() { return std::make_unique<LiveWriter>(*impl_); }

}  // namespace ringscope
