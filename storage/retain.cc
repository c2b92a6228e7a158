// Letting old days go: accounts that had something on them are rewritten without it, all in one atomic step.
#include <algorithm>
#include <functional>

#include <absl/container/flat_hash_set.h>

#include "storage/codec.h"
#include "storage/spellings.h"
#include "storage/store_internal.h"

namespace ringscope {
namespace {

using References = absl::flat_hash_set<std::uint64_t>;  // of hashes of values, whatever their kind

class Retainer {
 public:
  Retainer(Store::Impl& store, Day first) : store_(store), files_(store), first_(first) {}

  // `let_go` is called when what goes is gone durably, but for its bytes.
  Store::Retention run(std::span<const KeyHash> named_accounts, const std::function<void()>& let_go) {
    named_.insert(named_accounts.begin(), named_accounts.end());
    rewrite<Cell>(schema::kCells, decode_cells, encode_cells, merge_cells, report_.cells,
                  [&](const Cell& cell) { named_.insert(cell.entity.hash); });
    rewrite<ActivityDay>(schema::kActivity, decode_activity, encode_activity, merge_activity, report_.activity,
                         [&](const ActivityDay& day) {
                           for (const TagCount& tag : day.tags) named_.insert(tag.tag.hash);
                           for (const TemplateCount& one : day.templates) named_.insert(one.template_hash);
                         });
    report_.accounts = touched_.size();
    if (touched_.empty()) {
      if (const auto days = store_.days()) report_.days = *days;
      let_go();
      return report_;
    }
    refer_from(schema::kFacts, 0);
    stated_last();
    refer_from(schema::kMembers, 8);
    drop_names();
    if (days_) {
      report_.days = *days_;
      files_.put(schema::kMeta, "days", encode_days(*days_));
    }
    files_.ingest();
    let_go();
    give_back();
    return report_;
  }

 private:
  template <class Item>
  using Decode = void (*)(std::string_view, const DayWindow&, std::vector<Item>&);

  // Calls refer(item) with what stays of every account, and writes the accounts of which something goes anew.
  template <class Item, class Encode, class Merge, class Refer>
  void rewrite(schema::Family family, Decode<Item> decode, const Encode& encode, const Merge& merge,
               std::uint64_t& dropped, const Refer& refer) {
    std::vector<std::string> keys;
    std::vector<Item> items, fragment;
    const auto flush = [&] {
      if (keys.empty()) return;
      const std::size_t gone = std::erase_if(items, [&](const Item& item) { return !stays(item.day); });
      for (const Item& item : items) refer(item);
      const KeyHash account = schema::read_u64(keys.front(), 0);
      if (!items.empty()) named_.insert(account);
      if (gone > 0) {
        dropped += gone;
        touched_.insert(account);
        replace(family, keys, items.empty() ? std::string() : encode(items));
      }
      keys.clear();
      items.clear();
    };
    store_.scan(family, "", "", [&](std::string_view key, std::string_view value) {
      if (!keys.empty() && key.substr(0, 8) != std::string_view(keys.front()).substr(0, 8)) flush();
      keys.emplace_back(key);
      fragment.clear();
      decode(value, DayWindow{}, fragment);
      merge(items, fragment);
    });
    flush();
  }

  bool stays(Day day) {
    if (day == kNoDay) return true;
    if (day < first_) return false;
    if (!days_) days_ = DayWindow{day, day};
    days_->first = std::min(days_->first, day);
    days_->last = std::max(days_->last, day);
    return true;
  }

  // The first fragment becomes what stays of all of them.
  void replace(schema::Family family, const std::vector<std::string>& keys, const std::string& row) {
    if (!row.empty()) files_.put(family, keys.front(), row);
    for (std::size_t i = row.empty() ? 0 : 1; i < keys.size(); ++i) files_.erase(family, keys[i]);
  }

  // The account stands at this byte of the keys.
  void refer_from(schema::Family family, std::size_t at) {
    store_.scan(family, "", "",
                [&](std::string_view key, std::string_view) { named_.insert(schema::read_u64(key, at)); });
  }

  // A fact stays as it was stated; what is stated after all else is on the days of the store as well.
  void stated_last() {
    store_.scan(schema::kFacts, "", "", [&](std::string_view, std::string_view value) {
      (void)stays(day_of(last_stated(decode_facts(value))));
    });
  }

  void drop_names() {
    SpellingFiles spellings(files_, SpellingFiles::What::erase);
    store_.scan(schema::kNames, "", "", [&](std::string_view key, std::string_view value) {
      if (named_.contains(schema::read_u64(key, 1))) return;
      files_.erase(schema::kNames, key);
      if (store_.sealed_kind(schema::read_vertex(key).kind)) files_.erase(schema::kVault, key);
      spellings.add(
          {{static_cast<KindId>(static_cast<std::uint8_t>(key[0])), schema::read_u64(key, 1)}, std::string(value)});
      ++report_.names;
    });
    spellings.flush();
  }

  // What was dropped leaves the disk; until then it only cannot be seen.
  void give_back() {
    for (const auto family : {schema::kCells, schema::kActivity, schema::kNames, schema::kSpellings, schema::kVault})
      check(store_.db->CompactRange({}, store_.family(family), nullptr, nullptr), "giving room back");
  }

  Store::Impl& store_;
  SortedFiles files_;
  Day first_;
  References named_;
  References touched_;
  std::optional<DayWindow> days_;  // with data, of what stays
  Store::Retention report_;
};

}  // namespace

// A key is destroyed when nothing in the store needs it any more: who dies before that has all that it had.
Store::Retention Store::retain(Day first, std::span<const KeyHash> named_accounts) {
  std::optional<DayKeys> keys;
  if (impl_->keyed && !impl_->keyed->sealed.empty()) keys.emplace(impl_->read_day_keys());
  std::uint64_t destroyed = 0;
  drop_image();  // it knows of days that go
  Retention report = Retainer(*impl_, first).run(named_accounts, [&] {
    if (keys) destroyed = keys->destroy_before(first);
    impl_->read_keyed();  // and with it the keys that are known
  });
  report.day_keys = destroyed;
  return report;
}

}  // namespace ringscope
