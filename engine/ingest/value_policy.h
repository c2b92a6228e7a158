// What a store does not take as it comes: values of keyed kinds, and accounts that were erased and may not come again.
#pragma once

#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "storage/store.h"
#include "storage/value_keys.h"

namespace ringscope {

// Looking up needs to know of no erased account: there is nothing of it.
enum class PolicyFor : std::uint8_t { ingest, lookup };

class ValuePolicy {
 public:
  // Reads the key and the marks of erased accounts. Throws Error refused when the store has marks and their key is gone
  // or is not its owner's alone, and when it keeps kinds keyed and was opened without their key file; to ingest, also
  // without that of the keys of days where kinds are sealed.
  ValuePolicy(const Store& store, PolicyFor use);

  const Store& store() const { return store_; }
  bool is_keyed(std::string_view kind) const;
  bool is_sealed(std::string_view kind) const { return store_.seals(kind); }
  bool keeps_keys() const { return !keyed_.empty(); }
  bool suppresses() const { return !marks_.empty(); }
  // Whether the account was erased and may not come again. Thread-safe; O(bytes).
  bool is_suppressed(std::string_view account) const;

 private:
  const Store& store_;
  std::vector<std::string> keyed_;  // ascending
  std::vector<std::string> marks_;  // ascending
  std::optional<ValueKeys> suppress_key_;
};

// Asks a policy, and remembers what it said of the accounts seen last. One a thread.
class SuppressCheck {
 public:
  explicit SuppressCheck(const ValuePolicy* policy) : policy_(policy) {}
  bool operator()(std::string_view account);

 private:
  static constexpr std::size_t kRemembered = std::size_t{1} << 16;
  const ValuePolicy* policy_;
  std::unordered_map<KeyHash, bool> seen_;
};

}  // namespace ringscope
