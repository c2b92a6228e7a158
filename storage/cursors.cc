// Rows and names pulled one after the other, where a scan would push them.
#include <algorithm>
#include <array>

#include "base/error.h"
#include "storage/codec.h"
#include "storage/store_internal.h"

namespace ringscope {
namespace {

constexpr std::size_t kReadahead = std::size_t{2} << 20;

// Null for a family that the store does not have: it is empty.
std::unique_ptr<rocksdb::Iterator> iterator_of(const Store::Impl& store, schema::Family family,
                                               const rocksdb::Snapshot* moment) {
  if (store.family(family) == nullptr) return nullptr;
  rocksdb::ReadOptions options;
  options.total_order_seek = true;
  options.fill_cache = false;
  options.readahead_size = kReadahead;
  options.snapshot = moment;
  std::unique_ptr<rocksdb::Iterator> it(store.db->NewIterator(options, store.family(family)));
  it->SeekToFirst();
  return it;
}

// All families of a row are read as of one moment.
class Moment {
 public:
  explicit Moment(const Store::Impl& store) : db_(*store.db), snapshot_(db_.GetSnapshot()) {}
  ~Moment() { db_.ReleaseSnapshot(snapshot_); }
  Moment(const Moment&) = delete;
  Moment& operator=(const Moment&) = delete;
  const rocksdb::Snapshot* get() const { return snapshot_; }

 private:
  rocksdb::DB& db_;
  const rocksdb::Snapshot* snapshot_;
};

class Rows final : public RowCursor {
 public:
  explicit Rows(const Store::Impl& store) : moment_(store) {
    for (std::size_t i = 0; i < kParts.size(); ++i) its_[i] = iterator_of(store, kParts[i], moment_.get());
  }

  bool next(AccountRow& row) override {
    row.clear();
    bool any = false;
    for (const auto& it : its_) {
      if (!valid(it)) continue;
      const KeyHash key = row_key(*it);
      row.account = any ? std::min(row.account, key) : key;
      any = true;
    }
    if (!any) return false;
    take(its_[0], row.account, [&](std::string_view bytes) {
      std::vector<Cell> cells;
      decode_cells(bytes, {}, cells);
      merge_cells(row.cells, cells);
    });
    take(its_[1], row.account, [&](std::string_view bytes) {
      std::vector<ActivityDay> days;
      decode_activity(bytes, {}, days);
      merge_activity(row.activity, days);
    });
    take(its_[2], row.account, [&](std::string_view bytes) { merge_facts(row.facts, decode_facts(bytes)); });
    return true;
  }

 private:
  static constexpr std::array kParts = {schema::kCells, schema::kActivity, schema::kFacts};

  static bool valid(const std::unique_ptr<rocksdb::Iterator>& it) {
    if (!it) return false;
    if (it->Valid()) return true;
    check(it->status(), "scanning");
    return false;
  }
  static KeyHash row_key(const rocksdb::Iterator& it) {
    if (it.key().size() != 16) throw Error(ErrorCode::corrupt, "damaged key of a row; run 'ringscope doctor'");
    return schema::read_u64(view(it.key()), 0);
  }
  template <class Merge>
  static void take(const std::unique_ptr<rocksdb::Iterator>& it, KeyHash row, const Merge& merge) {
    for (; valid(it) && row_key(*it) == row; it->Next()) merge(view(it->value()));
  }

  Moment moment_;
  std::array<std::unique_ptr<rocksdb::Iterator>, kParts.size()> its_;
};

class Names final : public NameCursor {
 public:
  explicit Names(const Store::Impl& store) : it_(iterator_of(store, schema::kNames, nullptr)) {}

  bool next(Name& name) override {
    if (!it_ || !it_->Valid()) {
      if (it_) check(it_->status(), "scanning names");
      return false;
    }
    const std::string_view key = view(it_->key());
    if (key.size() != 9) throw Error(ErrorCode::corrupt, "damaged key of a name; run 'ringscope doctor'");
    name.key = {static_cast<KindId>(static_cast<std::uint8_t>(key[0])), schema::read_u64(key, 1)};
    name.value = view(it_->value());
    it_->Next();
    return true;
  }

 private:
  std::unique_ptr<rocksdb::Iterator> it_;
};

}  // namespace

std::unique_ptr<RowCursor> Store::row_cursor() const { return std::make_unique<Rows>(*impl_); }
std::unique_ptr<NameCursor> Store::name_cursor() const { return std::make_unique<Names>(*impl_); }

}  // namespace ringscope
