// What an operator knows of campaigns: keys of the default column family with nothing behind them.
#include <algorithm>
#include <set>

#include "base/error.h"
#include "storage/store_internal.h"

namespace ringscope {
namespace {

void check_text(std::string_view text, const char* what) {
  if (text.empty()) throw Error(ErrorCode::usage, std::string("an indicator without ") + what);
  if (text.find('\0') != std::string_view::npos)
    throw Error(ErrorCode::usage, std::string("an indicator's ") + what + " contains a NUL byte");
}

StoredIndicator decode_indicator(std::string_view key) {
  key.remove_prefix(schema::kIndicatorPrefix.size());
  const std::size_t campaign = key.find('\0');
  const std::size_t kind = campaign == std::string_view::npos ? campaign : key.find('\0', campaign + 1);
  if (kind == std::string_view::npos)
    throw Error(ErrorCode::corrupt, "damaged key of an indicator; run 'ringscope doctor'");
  return {std::string(key.substr(0, campaign)), std::string(key.substr(campaign + 1, kind - campaign - 1)),
          std::string(key.substr(kind + 1))};
}

// The first key after all that begin with `prefix`, whose last byte is not 255.
std::string after(std::string prefix) {
  ++prefix.back();
  return prefix;
}

void write_synced(Store::Impl& store, rocksdb::WriteBatch& batch, const char* doing) {
  if (batch.Count() == 0) return;
  rocksdb::WriteOptions synced;
  synced.sync = true;
  check(store.db->Write(synced, &batch), doing);
}

}  // namespace

std::uint64_t Store::add_indicators(std::span<const StoredIndicator> indicators) {
  impl_->require_writable();
  std::set<std::string> keys;
  for (const StoredIndicator& one : indicators) {
    check_text(one.campaign, "campaign");
    check_text(one.kind, "kind");
    check_text(one.value, "value");
    keys.insert(schema::key_indicator(one.campaign, one.kind, one.value));
  }
  rocksdb::WriteBatch batch;
  std::uint64_t added = 0;
  for (const std::string& key : keys) {
    if (impl_->get(schema::kMeta, key)) continue;
    check(batch.Put(impl_->family(schema::kMeta), key, ""), "building a batch");
    ++added;
  }
  write_synced(*impl_, batch, "adding indicators");
  return added;
}

std::uint64_t Store::remove_indicators(std::string_view campaign) {
  impl_->require_writable();
  const std::string prefix = schema::key_indicators_of(campaign);
  rocksdb::WriteBatch batch;
  std::uint64_t removed = 0;
  impl_->scan(schema::kMeta, prefix, after(prefix), [&](std::string_view key, std::string_view) {
    check(batch.Delete(impl_->family(schema::kMeta), slice(key)), "building a batch");
    ++removed;
  });
  write_synced(*impl_, batch, "removing indicators");
  return removed;
}

std::vector<StoredIndicator> Store::indicators() const {
  std::vector<StoredIndicator> indicators;
  const std::string prefix(schema::kIndicatorPrefix);
  impl_->scan(schema::kMeta, prefix, after(prefix),
              [&](std::string_view key, std::string_view) { indicators.push_back(decode_indicator(key)); });
  std::sort(indicators.begin(), indicators.end());
  return indicators;
}

}  // namespace ringscope
