// Merging the fragments of accounts.
#include <algorithm>

#include "base/error.h"
#include "storage/codec.h"
#include "storage/store_internal.h"

namespace ringscope {
namespace {

constexpr std::uint64_t kManyBatches = 32;

// Rewrites the accounts of one family that have several fragments: the first fragment becomes the whole, the others go.
template <class Merge>
void merge_family(Store::Impl& store, SortedFiles& files, schema::Family family, const Merge& merge) {
  std::vector<std::string> keys, values;
  const auto flush = [&] {
    if (keys.size() > 1) {
      files.put(family, keys.front(), merge(values));
      for (std::size_t i = 1; i < keys.size(); ++i) files.erase(family, keys[i]);
    }
    keys.clear();
    values.clear();
  };
  store.scan(family, "", "", [&](std::string_view key, std::string_view value) {
    if (!keys.empty() && key.substr(0, 8) != std::string_view(keys.front()).substr(0, 8)) flush();
    keys.emplace_back(key);
    values.emplace_back(value);
  });
  flush();
}

std::string merge_cell_rows(const std::vector<std::string>& values) {
  std::vector<Cell> all, fragment;
  for (const std::string& value : values) {
    fragment.clear();
    decode_cells(value, DayWindow{}, fragment);
    merge_cells(all, fragment);
  }
  return encode_cells(all);
}

std::string merge_activity_rows(const std::vector<std::string>& values) {
  std::vector<ActivityDay> all, fragment;
  for (const std::string& value : values) {
    fragment.clear();
    decode_activity(value, DayWindow{}, fragment);
    merge_activity(all, fragment);
  }
  return encode_activity(all);
}

std::string merge_fact_rows(const std::vector<std::string>& values) {
  AccountFacts all;
  for (const std::string& value : values) merge_facts(all, decode_facts(value));
  return encode_facts(all);
}

}  // namespace

void Store::Impl::merge_fragments() {
  SortedFiles sorted(*this);
  merge_family(*this, sorted, schema::kCells, merge_cell_rows);
  merge_family(*this, sorted, schema::kActivity, merge_activity_rows);
  merge_family(*this, sorted, schema::kFacts, merge_fact_rows);
  std::string number;
  Encoder(number).number(counter("batch"));
  sorted.put(schema::kMeta, "compacted", number);
  sorted.ingest();
}

void Store::Impl::merge_fragments_if_many() {
  if (counter("batch") - counter("compacted") >= kManyBatches) merge_fragments();
}

void Store::merge_fragments() { impl_->merge_fragments(); }

}  // namespace ringscope
