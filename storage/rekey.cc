// Taking keyed kinds from one secret key to the next, or a kind that was stored as it came to its first.
#include <algorithm>

#include <absl/container/flat_hash_map.h>

#include "base/error.h"
#include "storage/codec.h"
#include "storage/spellings.h"
#include "storage/store_internal.h"

namespace ringscope {
namespace {

using Values = std::map<std::string, std::string>;  // kind, 0, stored now -> stored then

class Rekeyer {
 public:
  Rekeyer(Store& store, Store::Impl& impl, const std::filesystem::path& key_file, std::vector<std::string> kinds,
          const Store::Revalue& revalue)
      : store_(store),
        impl_(impl),
        files_(impl),
        file_(std::filesystem::absolute(key_file).string()),
        keys_of_file_(ValueKeys::read(key_file)),
        kinds_(std::move(kinds)),
        revalue_(revalue),
        to_(keys_of_file_.count()) {}

  Store::RekeyReport run() {
    for (const std::string& kind : kinds_) take_names(kind);
    take_cells();
    take_entities();
    drop_indexes();
    take_indicators();
    take_records();
    changes_.put(schema::kMeta, kKeyedKey, encode_keyed({to_, keys_of_file_.id(to_), file_, kinds_}));
    changes_.put(schema::kMeta, kUnscrubbed, unscrubbed_value());
    changes_.write(files_);
    files_.ingest();
    return report_;
  }

 private:
  bool was_keyed(const std::string& kind) const {
    return impl_.keyed && std::ranges::binary_search(impl_.keyed->kinds, kind);
  }
  // The token follows the last "k", of which hex digits have none.
  std::string next(const std::string& kind, const std::string& value) const {
    if (!was_keyed(kind)) return keyed_text(value, keys_of_file_.token(kind, value, to_));
    const std::size_t token = value.rfind('k') + 1;
    return value.substr(0, token) + keys_of_file_.next_token(value.substr(token), impl_.keyed->generation, to_);
  }

  void take_names(const std::string& kind) {
    const auto id = store_.find_kind(kind);
    if (!id) return;
    store_.scan_names(*id, [&](KeyHash hash, std::string_view text) {
      const Name before{{*id, hash}, std::string(text)};
      Name after{{*id, 0}, next(kind, before.value)};
      after.key.hash = hash_value(after.value);
      keys_[before.key] = after.key.hash;
      values_[std::string(kind).append(1, '\0').append(before.value)] = after.value;
      changes_.drop(schema::kNames, schema::key_vertex(before.key));
      changes_.put(schema::kNames, schema::key_vertex(after.key), after.value);
      for (const std::string& key : spelling_keys(before)) changes_.drop(schema::kSpellings, key);
      for (const std::string& key : spelling_keys(after)) changes_.put(schema::kSpellings, key, "");
      ++report_.values;
    });
  }

  void take_cells() {
    std::vector<Cell> cells;
    impl_.scan(schema::kCells, "", "", [&](std::string_view key, std::string_view value) {
      cells.clear();
      decode_cells(value, DayWindow{}, cells);
      bool any = false;
      for (Cell& cell : cells) {
        const auto at = keys_.find(cell.entity);
        if (at == keys_.end()) continue;
        cell.entity.hash = at->second;
        any = true;
      }
      if (!any) return;
      std::sort(cells.begin(), cells.end());
      files_.put(schema::kCells, key, encode_cells(cells));
      ++report_.rows;
    });
  }

  void take_entities() {
    impl_.scan(schema::kEntities, "", "", [&](std::string_view key, std::string_view value) {
      if (key.size() != 17) throw Error(ErrorCode::corrupt, "damaged key of an entity; run 'ringscope doctor'");
      const VertexKey entity{static_cast<KindId>(static_cast<std::uint8_t>(key[8])), schema::read_u64(key, 9)};
      const auto at = keys_.find(entity);
      if (at == keys_.end()) return;
      changes_.drop(schema::kEntities, std::string(key));
      changes_.put(schema::kEntities, std::string(key.substr(0, 9)) + schema::key_u64(at->second), std::string(value));
    });
  }

  // What judges accounts online knows values by their keys; lists of rings know none.
  void drop_indexes() {
    impl_.scan(schema::kIndex, "", "", [&](std::string_view key, std::string_view) {
      if (!key.substr(8).starts_with("lines")) changes_.drop(schema::kIndex, std::string(key));
    });
  }

  void take_indicators() {
    for (const StoredIndicator& one : store_.indicators()) {
      if (!std::ranges::binary_search(kinds_, one.kind)) continue;
      const std::string value = next(one.kind, one.value);
      changes_.drop(schema::kMeta, schema::key_indicator(one.campaign, one.kind, one.value));
      changes_.put(schema::kMeta, schema::key_indicator(one.campaign, one.kind, value), "");
    }
  }

  void take_records() {
    for (const auto f : kRecordFamilies) {
      impl_.scan(f, "", "", [&](std::string_view key, std::string_view value) {
        const auto record = rewrite_value(
            f, value, [&](std::string_view family, std::string_view text) { return revalue_(family, text, values_); },
            [](KeyHash account) { return account; });
        if (!record) return;
        changes_.put(f, std::string(key), *record);
        ++report_.records;
      });
    }
  }

  struct KeyOrder {
    std::size_t operator()(const VertexKey& key) const { return key.hash ^ static_cast<std::size_t>(key.kind) << 56; }
  };

  Store& store_;
  Store::Impl& impl_;
  SortedFiles files_;
  std::string file_;
  ValueKeys keys_of_file_;
  std::vector<std::string> kinds_;
  const Store::Revalue& revalue_;
  std::size_t to_;
  absl::flat_hash_map<VertexKey, KeyHash, KeyOrder> keys_;
  Values values_;
  Changes changes_;
  Store::RekeyReport report_;
};

}  // namespace

Store::RekeyReport Store::rekey(const std::filesystem::path& key_file, std::span<const std::string> kinds,
                                const Revalue& revalue) {
  impl_->require_writable();
  require_value_keys();
  std::vector<std::string> wanted(kinds.begin(), kinds.end());
  if (impl_->keyed) wanted.insert(wanted.end(), impl_->keyed->kinds.begin(), impl_->keyed->kinds.end());
  std::sort(wanted.begin(), wanted.end());
  wanted.erase(std::unique(wanted.begin(), wanted.end()), wanted.end());
  if (wanted.empty()) throw Error(ErrorCode::usage, "which kinds? Name one", "--kinds");
  drop_image();
  RekeyReport report = Rekeyer(*this, *impl_, key_file, std::move(wanted), revalue).run();
  impl_->read_keyed();
  return report;
}

}  // namespace ringscope
