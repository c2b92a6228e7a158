// Taking keyed kinds from one secret key to the next, or a kind that was stored as it came to its first.
#include <algorithm>

#include <absl/container/flat_hash_map.h>

#include "base/error.h"
#include "storage/codec.h"
#include "storage/sealer_internal.h"
#include "storage/spellings.h"
#include "storage/store_internal.h"

namespace ringscope {
namespace {

using Values = std::map<std::string, std::string>;  // kind, 0, stored now -> stored then

class Rekeyer {
 public:
  Rekeyer(Store& store, Store::Impl& impl, const Store::Rekeying& request)
      : store_(store),
        impl_(impl),
        request_(request),
        files_(impl),
        file_(std::filesystem::absolute(request.key_file).string()),
        keys_of_file_(ValueKeys::read(request.key_file)) {
    then_ = {keys_of_file_.count(), {}, file_, request.kinds, request.sealed, {}};
    then_.key_id = keys_of_file_.id(then_.generation);
    if (impl_.keyed) {
      then_.vault_id = impl_.keyed->vault_id;
      add_all(then_.kinds, impl_.keyed->kinds);
      add_all(then_.sealed, impl_.keyed->sealed);
    }
    add_all(then_.kinds, then_.sealed);
    add_all(then_.sealed, {});
  }

  Store::RekeyReport run() {
    if (then_.kinds.empty()) throw Error(ErrorCode::usage, "which kinds? Name one", "--kinds");
    prepare_vault();
    for (const std::string& kind : then_.kinds) take_names(kind);
    take_cells();
    take_entities();
    drop_indexes();
    take_indicators();
    if (!then_.sealed.empty()) gather_facets();
    take_records();
    changes_.put(schema::kMeta, kKeyedKey, encode_keyed(then_));
    changes_.put(schema::kMeta, kUnscrubbed, unscrubbed_value());
    changes_.write(files_);
    if (sealer_) sealer_->save();
    files_.ingest();
    return report_;
  }

 private:
  static void add_all(std::vector<std::string>& into, const std::vector<std::string>& more) {
    into.insert(into.end(), more.begin(), more.end());
    std::sort(into.begin(), into.end());
    into.erase(std::unique(into.begin(), into.end()), into.end());
  }

  bool will_be_sealed(const std::string& kind) const { return std::ranges::binary_search(then_.sealed, kind); }

  // The file of the keys of days is there before the store says so; one that no store came to know is in nobody's way.
  void prepare_vault() {
    if (then_.sealed.empty()) return;
    for (const std::string& kind : then_.sealed) {
      const auto id = store_.find_kind(kind);
      if (!id || impl_.is_sealed(kind)) continue;
      if (was_keyed(kind)) refuse_if_named(kind, *id);
      newly_sealed_.push_back(*id);
    }
    if (then_.vault_id.empty()) {
      then_.vault_id = random_hex(8);
      DayKeys::create(DayKeys::file_beside(file_, then_.vault_id), then_.vault_id);
    }
    sealer_.emplace(DayKeys::read(DayKeys::file_beside(file_, then_.vault_id), then_.vault_id));
    if (!newly_sealed_.empty()) find_last_days();
  }

  void refuse_if_named(const std::string& kind, KindId id) const {
    store_.scan_names(id, [&](KeyHash, std::string_view) {
      throw Error(ErrorCode::refused,
                  "values of this kind are stored keyed already, and nobody knows them any more: "
                  "seal it in a new store",
                  kind);
    });
  }

  void find_last_days() {
    store_.scan_cells({}, [&](KeyHash, std::span<const Cell> cells) {
      for (const Cell& cell : cells) {
        if (std::ranges::find(newly_sealed_, cell.entity.kind) == newly_sealed_.end()) continue;
        const auto [at, is_new] = last_days_.emplace(cell.entity, cell.day);
        if (!is_new && is_later(cell.day, at->second)) at->second = cell.day;
      }
    });
  }

  // Of a value that nobody can open any more the row stays as it is.
  void take_sealed(const std::string& kind, const Name& before, const Name& after) {
    const std::string from = schema::key_vertex(before.key), to = schema::key_vertex(after.key);
    if (!impl_.is_sealed(kind)) {
      const auto day = last_days_.find(before.key);
      changes_.put(schema::kVault, to,
                   sealer_->seal({kind, after.value}, day == last_days_.end() ? kNoDay : day->second, before.value));
      return;
    }
    const auto row = impl_.get(schema::kVault, from);
    if (!row) return;
    const Revealed known = sealer_->open({kind, before.value}, *row);
    if (from != to) changes_.drop(schema::kVault, from);
    changes_.put(schema::kVault, to, known.value ? sealer_->seal({kind, after.value}, known.day, *known.value) : *row);
  }

  // What is stored keyed beside the values themselves.
  void gather_facets() {
    const auto add = [&](std::string_view facet, std::string_view value) {
      std::string name = std::string(facet).append(1, '\0').append(value);
      if (values_.contains(name)) return;
      values_[std::move(name)] = next_facet(facet, value);
    };
    for (const auto f : kRecordFamilies) {
      impl_.scan(f, "", "", [&](std::string_view, std::string_view value) {
        (void)rewrite_value(
            f, value,
            [&](std::string_view, std::string_view text) {
              request_.facets_in(text, then_.sealed, add);
              return std::optional<std::string>();
            },
            [](KeyHash account) { return account; });
      });
    }
  }

  std::string next_facet(std::string_view facet, std::string_view value) const {
    if (!impl_.keyed || !is_value_token(value))
      return keyed_text({}, keys_of_file_.token(facet, value, then_.generation));
    return keyed_text({}, keys_of_file_.next_token(value.substr(1), impl_.keyed->generation, then_.generation));
  }

  bool was_keyed(const std::string& kind) const {
    return impl_.keyed && std::ranges::binary_search(impl_.keyed->kinds, kind);
  }
  // The token follows the last "k", of which hex digits have none.
  std::string next(const std::string& kind, const std::string& value) const {
    if (!was_keyed(kind)) return keyed_text(value, keys_of_file_.token(kind, value, then_.generation));
    const std::size_t token = value.rfind('k') + 1;
    return value.substr(0, token) +
           keys_of_file_.next_token(value.substr(token), impl_.keyed->generation, then_.generation);
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
      if (will_be_sealed(kind)) take_sealed(kind, before, after);
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
      if (!std::ranges::binary_search(then_.kinds, one.kind)) continue;
      const std::string value = next(one.kind, one.value);
      changes_.drop(schema::kMeta, schema::key_indicator(one.campaign, one.kind, one.value));
      changes_.put(schema::kMeta, schema::key_indicator(one.campaign, one.kind, value), "");
    }
  }

  void take_records() {
    for (const auto f : kRecordFamilies) {
      impl_.scan(f, "", "", [&](std::string_view key, std::string_view value) {
        const auto record = rewrite_value(
            f, value,
            [&](std::string_view family, std::string_view text) { return request_.revalue(family, text, values_); },
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
  const Store::Rekeying& request_;
  SortedFiles files_;
  std::string file_;
  ValueKeys keys_of_file_;
  Store::Keyed then_;
  std::optional<Sealer> sealer_;  // where a kind is or becomes sealed
  std::vector<KindId> newly_sealed_;
  absl::flat_hash_map<VertexKey, Day, KeyOrder> last_days_;  // of their values
  absl::flat_hash_map<VertexKey, KeyHash, KeyOrder> keys_;
  Values values_;
  Changes changes_;
  Store::RekeyReport report_;
};

}  // namespace

Store::RekeyReport Store::rekey(const Rekeying& request) {
  impl_->require_writable();
  require_value_keys();
  require_day_keys();
  drop_image();
  RekeyReport report = Rekeyer(*this, *impl_, request).run();
  impl_->read_keyed();
  return report;
}

}  // namespace ringscope
