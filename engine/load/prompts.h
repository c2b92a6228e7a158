// Near-equal prompts are one: fillings of a template that its particulars, when masked, leave a little apart.
#pragma once

#include <span>
#include <utility>
#include <vector>

#include "storage/store.h"

namespace ringscope {

// Which prompts of the store stand for others. Templates that the log names are themselves.
class Prompts {
 public:
  Prompts() = default;
  // From (prompt, the smallest of its group), for those that are not the smallest; ascending.
  explicit Prompts(std::vector<std::pair<KeyHash, KeyHash>> leaders) : leaders_(std::move(leaders)) {}

  KeyHash leader_of(KeyHash prompt) const;
  // Templates of one day or account, as if each had been its leader: ascending, equal ones added up.
  void merge(std::vector<TemplateCount>& templates) const;
  std::size_t size() const { return leaders_.size(); }
  const std::vector<std::pair<KeyHash, KeyHash>>& leaders() const { return leaders_; }

 private:
  std::vector<std::pair<KeyHash, KeyHash>> leaders_;
};

// Sketches whose estimated Jaccard coefficient is half or more meet. O(prompts log prompts), and the pairs that meet in
// a band (algorithms/minhash.h).
Prompts load_prompts(const Store& store);

// The same among a few templates alone, without reading the others: those of one account. O(templates).
Prompts load_prompts_among(const Store& store, std::span<const TemplateCount> templates);

}  // namespace ringscope
