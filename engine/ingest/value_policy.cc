#include "engine/ingest/value_policy.h"

#include <algorithm>

#include "base/error.h"

namespace ringscope {

ValuePolicy::ValuePolicy(const Store& store, PolicyFor use) : store_(store) {
  store.require_value_keys();
  if (use == PolicyFor::ingest) store.require_day_keys();
  if (const auto keyed = store.keyed()) keyed_ = keyed->kinds;
  if (use == PolicyFor::ingest) marks_ = store.suppressed();
  if (marks_.empty()) return;
  const auto file = suppress_key_file(store.path());
  if (!std::filesystem::exists(file)) {
    throw Error(
        ErrorCode::refused,
        "accounts were erased from this store, and the key that tells them when they come again is gone; put the "
        "file back",
        file.string());
  }
  suppress_key_.emplace(ValueKeys::read(file));
}

bool ValuePolicy::is_keyed(std::string_view kind) const { return std::ranges::binary_search(keyed_, kind); }

bool ValuePolicy::is_suppressed(std::string_view account) const {
  return suppress_key_ && std::ranges::binary_search(marks_, suppress_key_->mark("account", account));
}

bool SuppressCheck::operator()(std::string_view account) {
  if (policy_ == nullptr || !policy_->suppresses()) return false;
  const KeyHash key = hash_value(account);
  if (const auto at = seen_.find(key); at != seen_.end()) return at->second;
  if (seen_.size() >= kRemembered) seen_.clear();
  return seen_[key] = policy_->is_suppressed(account);
}

}  // namespace ringscope
