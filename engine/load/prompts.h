// Near-equal prompts are one: fillings of a template that its particulars, when masked, leave a little apart.
#pragma once

#include <cstddef>
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
  // As given to the constructor.
  std::span<const std::pair<KeyHash, KeyHash>> followers() const { return leaders_; }
  // Templates of one day or account, as if each had been its leader: ascending, equal ones added up.
  void merge(std::vector<TemplateCount>& templates) const;
  std::size_t size() const { return leaders_.size(); }

 private:
  std::vector<std::pair<KeyHash, KeyHash>> leaders_;
};

// Templates of one account in any order: ascending, equal ones added up.
void add_up(std::vector<TemplateCount>& templates);

// Keeps at most `most` of the templates of an account, ascending: those of the smallest rank, which is
// exponential in the template's hash at the rate of its requests. So what is asked often is kept, however much else is
// asked once, and accounts that ask the same things keep the same (coordinated bottom-k samples: Cohen, Kaplan, PODC
// 2007).
void sample_by_use(std::vector<TemplateCount>& templates, std::size_t most = kTemplateSketchSize);
// The same of all that an account asked on the days, near-equal prompts taken for one.
std::vector<TemplateCount> prompts_by_use(const Prompts& prompts, std::span<const ActivityDay> days,
                                          std::size_t most = kTemplateSketchSize);

// Sketches whose estimated Jaccard coefficient is half or more meet. Of a window that leaves days out only prompts in
// it. O(prompts log prompts), and the pairs that meet in a band (algorithms/minhash.h); with days left out also
// O(activity).
Prompts load_prompts(const Store& store, const DayWindow& window);

// The same among a few templates alone, without reading the others: those of one account. O(templates).
Prompts load_prompts_among(const Store& store, std::span<const TemplateCount> templates);

}  // namespace ringscope
