// Erasing one account: what is keyed by it goes, records that speak of it get a pseudonym, in one atomic step; then the
// files are rewritten.
#include <algorithm>
#include <set>

#include "base/error.h"
#include "storage/codec.h"
#include "storage/invariants_internal.h"
#include "storage/spellings.h"
#include "storage/store_internal.h"
#include "storage/suppress.h"

namespace ringscope {
namespace {

constexpr std::string_view kSuppressPrefix = "suppress/";
constexpr const char* kSuppressKey = "suppressed-by";

class Eraser {
 public:
  Eraser(Store::Impl& store, const Store::Erasure& erasure)
      : store_(store),
        erasure_(erasure),
        account_(hash_value(erasure.account)),
        pseudonym_(hash_value(erasure.pseudonym)) {}

  Store::ErasureReport run() {
    drop_rows();
    drop_names();
    drop_indicators();
    drop_links();
    if (report_.links > 0) drop_cuts();
    rewrite_records();
    rewrite_index();
    if (!erasure_.suppress.empty()) {
      put(schema::kMeta, std::string(kSuppressPrefix) + erasure_.suppress, "");
      put(schema::kMeta, kSuppressKey, ValueKeys::read(suppress_key_file(store_.path)).id(1));
    }
    put(schema::kMeta, kUnscrubbed, unscrubbed_value());
    write();
    return report_;
  }

 private:
  void put(schema::Family f, const std::string& key, std::string value) { changes_.put(f, key, std::move(value)); }
  void drop(schema::Family f, const std::string& key) { changes_.drop(f, key); }

  void drop_rows() {
    const std::string last = account_ == UINT64_MAX ? std::string() : schema::key_u64(account_ + 1);
    for (const auto f : {schema::kCells, schema::kActivity, schema::kFacts}) {
      store_.scan(f, schema::key_u64(account_), last, [&](std::string_view key, std::string_view) {
        drop(f, std::string(key));
        ++report_.rows;
      });
    }
  }

  void drop_name(const Name& name) {
    drop(schema::kNames, schema::key_vertex(name.key));
    if (store_.sealed_kind(name.key.kind)) drop(schema::kVault, schema::key_vertex(name.key));
    for (const std::string& key : spelling_keys(name)) drop(schema::kSpellings, key);
    ++report_.names;
  }
  void drop_names() {
    drop_name({{kAccountKind, account_}, erasure_.account});
    for (const Name& name : erasure_.values) drop_name(name);
    const Name stands_for{{kAccountKind, pseudonym_}, erasure_.pseudonym};
    put(schema::kNames, schema::key_vertex(stands_for.key), stands_for.value);
    for (const std::string& key : spelling_keys(stands_for)) put(schema::kSpellings, key, "");
  }

  void drop_indicators() {
    const std::string own = std::string(1, '\0').append("account").append(1, '\0').append(erasure_.account);
    store_.scan(schema::kMeta, std::string(schema::kIndicatorPrefix), "indicator0",
                [&](std::string_view key, std::string_view) {
                  if (key.ends_with(own)) drop(schema::kMeta, std::string(key));
                });
  }

  // Of no bytes: "the base's is gone", which a run without a base need not say.
  void drop_links() {
    store_.scan(schema::kLinks, "", "", [&](std::string_view key, std::string_view value) {
      if (key.size() < 16) throw Error(ErrorCode::corrupt, "damaged key of links; run 'ringscope doctor'");
      const bool over_base = store_.bases.contains(schema::read_u64(key, 0));
      std::vector<StoredLink> links;
      if (schema::read_u64(key, 8) != account_) {
        if (value.empty()) return;
        links = decode_links(value);
        if (std::erase_if(links, [&](const StoredLink& link) { return link.other == account_; }) == 0) return;
      }
      ++report_.links;
      if (!links.empty()) {
        put(schema::kLinks, std::string(key), encode_links(links));
      } else if (over_base && schema::read_u64(key, 8) != account_) {
        put(schema::kLinks, std::string(key), "");
      } else {
        drop(schema::kLinks, std::string(key));
      }
    });
  }

  static bool is_cut(std::string_view key) { return key.size() > 8 && key.substr(8).starts_with("cut/"); }

  // Merge trees of links name the accounts that have any (engine/detect/index/cut_tree.h). Without its links the
  // account's tree would be another; the next run makes one.
  void drop_cuts() {
    store_.scan(schema::kIndex, "", "", [&](std::string_view key, std::string_view) {
      if (is_cut(key)) drop(schema::kIndex, std::string(key));
    });
  }

  void rewrite_records() {
    for (const auto f : kRecordFamilies) {
      store_.scan(f, "", "", [&](std::string_view key, std::string_view value) {
        const std::string renamed = key_without_account(f, key);
        const auto record = rewrite_value(f, value, erasure_.rewrite,
                                          [&](KeyHash account) { return account == account_ ? pseudonym_ : account; });
        if (renamed == key && !record) return;
        ++report_.records;
        if (renamed != key) drop(f, std::string(key));
        put(f, renamed, record ? *record : std::string(value));
      });
    }
  }

  // The index is opaque here, but of an account it can only have the key, packed as the codec does it. Those that have
  // it as a member of a ring find the pseudonym there (engine/detect/index/score_index.h).
  void rewrite_index() {
    std::string gone, comes;
    Encoder(gone).fixed64(account_);
    Encoder(comes).fixed64(pseudonym_);
    store_.scan(schema::kIndex, "", "", [&](std::string_view key, std::string_view value) {
      if (value.find(gone) == std::string_view::npos || is_cut(key)) return;
      std::string renamed(value);
      for (std::size_t at = 0; (at = renamed.find(gone, at)) != std::string::npos; at += gone.size())
        renamed.replace(at, gone.size(), comes);
      ++report_.records;
      put(schema::kIndex, std::string(key), std::move(renamed));
    });
  }

  // Members are keyed by run and account, actions by account.
  std::string key_without_account(schema::Family f, std::string_view key) const {
    const std::size_t at = f == schema::kMembers ? 8 : 0;
    const bool keyed = f == schema::kMembers || f == schema::kActions;
    if (!keyed || key.size() != at + 8 || schema::read_u64(key, at) != account_) return std::string(key);
    return std::string(key.substr(0, at)).append(schema::key_u64(pseudonym_));
  }

  void write() {
    SortedFiles files(store_);
    changes_.write(files);
    files.ingest();
  }

  Store::Impl& store_;
  const Store::Erasure& erasure_;
  KeyHash account_, pseudonym_;
  Changes changes_;
  Store::ErasureReport report_;
};

// Of prompts, as a day of activity has them: the kind of a name that may be one's.
constexpr const char* kPromptKind = "prompt";

// What the account has, less what others have too.
std::set<VertexKey> things_only_of(const Store& store, KeyHash account) {
  std::set<VertexKey> own;
  const std::optional<KindId> prompt = store.find_kind(kPromptKind);
  const auto visit_activity = [&](std::span<const ActivityDay> days, const auto& visit) {
    for (const ActivityDay& day : days) {
      for (const TagCount& tag : day.tags) visit(tag.tag);
      for (const TemplateCount& one : day.templates)
        if (prompt) visit(VertexKey{*prompt, one.template_hash});
    }
  };
  for (const Cell& cell : store.cells_of(account, {})) own.insert(cell.entity);
  visit_activity(store.activity_of(account, {}), [&](VertexKey thing) { own.insert(thing); });
  if (own.empty()) return own;
  store.scan_cells({}, [&](KeyHash other, std::span<const Cell> cells) {
    if (other == account) return;
    for (const Cell& cell : cells) own.erase(cell.entity);
  });
  store.scan_activity({}, 0, 1, [&](KeyHash other, std::span<const ActivityDay> days) {
    if (other != account) visit_activity(days, [&](VertexKey thing) { own.erase(thing); });
  });
  return own;
}

}  // namespace

std::vector<Name> Store::values_only_of(KeyHash account) const {
  std::vector<Name> names;
  const std::set<VertexKey> own = things_only_of(*this, account);
  if (own.empty()) return names;
  impl_->scan(schema::kNames, "", "", [&](std::string_view key, std::string_view value) {
    if (key.size() != 9) throw Error(ErrorCode::corrupt, "damaged key of a name; run 'ringscope doctor'");
    const VertexKey name{static_cast<KindId>(static_cast<std::uint8_t>(key[0])), schema::read_u64(key, 1)};
    if (own.contains(name)) names.push_back({name, std::string(value)});
  });
  return names;
}

Store::ErasureReport Store::erase(const Erasure& erasure) {
  drop_image();  // it knows of the account
  return Eraser(*impl_, erasure).run();
}

std::vector<std::string> suppressed(const Store::Impl& store) {
  std::vector<std::string> marks;
  store.scan(schema::kMeta, std::string(kSuppressPrefix), "suppress0",
             [&](std::string_view key, std::string_view) { marks.emplace_back(key.substr(kSuppressPrefix.size())); });
  return marks;
}

std::string suppress_key_trouble(const Store::Impl& store) {
  const auto file = suppress_key_file(store.path);
  if (!std::filesystem::exists(file)) return "";
  const ValueKeys key = ValueKeys::read(file);
  const auto known = store.get(schema::kMeta, kSuppressKey);  // none: an earlier program's
  return known && key.id(1) != *known ? "suppress.key is not the one under which accounts were erased" : "";
}

// Marks of another key would let everybody come again.
std::vector<std::string> Store::suppressed() const {
  std::vector<std::string> marks = ringscope::suppressed(*impl_);
  if (marks.empty()) return marks;
  if (const std::string trouble = suppress_key_trouble(*impl_); !trouble.empty())
    throw Error(ErrorCode::refused, trouble + "; put that one back", suppress_key_file(impl_->path).string());
  return marks;
}

void suppress(const std::filesystem::path& path, std::span<const std::string> marks) {
  const auto store = open_inside(path, {.mode = OpenMode::write});
  rocksdb::WriteBatch batch;
  rocksdb::ColumnFamilyHandle* const meta = store->family(schema::kMeta);
  for (const std::string& mark : marks) check(batch.Put(meta, std::string(kSuppressPrefix) + mark, ""), "suppressing");
  check(batch.Put(meta, kSuppressKey, ValueKeys::read(suppress_key_file(path)).id(1)), "suppressing");
  rocksdb::WriteOptions synced;
  synced.sync = true;
  check(store->db->Write(synced, &batch), "noting who was erased");
}

std::string unscrubbed_value() {
  std::string yes;
  Encoder(yes).number(1);
  return yes;
}

void scrub(Store::Impl& store) {
  rocksdb::CompactRangeOptions everything;
  everything.bottommost_level_compaction = rocksdb::BottommostLevelCompaction::kForce;
  everything.exclusive_manual_compaction = true;
  for (std::size_t f = 0; f < schema::kFamilies; ++f) {
    rocksdb::ColumnFamilyHandle* const family = store.family(static_cast<schema::Family>(f));
    check(store.db->Flush({}, family), "flushing before the files are rewritten");
    check(store.db->CompactRange(everything, family, nullptr, nullptr), "rewriting the files");
  }
  rocksdb::WriteOptions synced;
  synced.sync = true;
  check(store.db->Delete(synced, store.family(schema::kMeta), kUnscrubbed), "noting that the files were rewritten");
}

void scrub_if_needed(Store::Impl& store) {
  if (store.counter(kUnscrubbed) != 0) scrub(store);
}

void Store::scrub() {
  impl_->require_writable();
  ringscope::scrub(*impl_);
}

}  // namespace ringscope
