// The values of sealed kinds that a run has seen, each with the last day: they are handed to the writer beside the
// names that stand for them.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "absl/container/flat_hash_map.h"

#include "storage/rows.h"
#include "storage/vault.h"

namespace ringscope {

class SealSet {
 public:
  // `kind` is any number that tells kinds apart; `hash` and `name` are of what is stored of the value.
  void add(std::uint16_t kind, KeyHash hash, std::string_view name, Day day, std::string_view value) {
    const auto [at, is_new] = seen_.try_emplace({kind, hash}, Seen{day, {}, {}});
    if (is_new) {
      at->second.name = name;
      at->second.value = value;
      bytes_ += sizeof *at + 2 * (name.size() + value.size());
    } else if (is_later(day, at->second.day)) {
      at->second.day = day;
    }
  }
  // Calls visit(kind, hash, name, day, value) for what was added since the last clear(), in no order.
  template <class Visit>
  void visit(const Visit& visit) const {
    for (const auto& [key, seen] : seen_) visit(key.first, key.second, seen.name, seen.day, seen.value);
  }
  void clear() {
    seen_.clear();
    bytes_ = 0;
  }
  std::size_t bytes() const { return bytes_; }

 private:
  struct Seen {
    Day day;
    std::string name, value;
  };

  absl::flat_hash_map<std::pair<std::uint16_t, KeyHash>, Seen> seen_;
  std::size_t bytes_ = 0;
};

}  // namespace ringscope
