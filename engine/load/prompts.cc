#include "engine/load/prompts.h"

#include <algorithm>
#include <charconv>
#include <cmath>

#include <absl/container/flat_hash_set.h>

#include "algorithms/minhash.h"
#include "base/random.h"

namespace ringscope {
namespace {

constexpr double kNear = 0.5;
constexpr std::size_t kDigits = 16;  // of each half

// Nothing for what is no sketch.
bool read_sketch(std::string_view text, MinHashSketch& sketch) {
  if (text.size() != 2 * kDigits) return false;
  for (std::size_t i = 0; i < sketch.size(); ++i) {
    const char* const begin = text.data() + i * kDigits;
    const auto [stop, error] = std::from_chars(begin, begin + kDigits, sketch[i], 16);
    if (error != std::errc{} || stop != begin + kDigits) return false;
  }
  return true;
}

// Which of some prompts, ascending, stand for others.
class Sketches {
 public:
  // What is no sketch is passed over.
  void add(KeyHash prompt, std::string_view text) {
    MinHashSketch sketch;
    if (!read_sketch(text, sketch)) return;
    prompts_.push_back(prompt);
    sketches_.push_back(sketch);
  }
  Prompts grouped() const {
    const std::vector<std::uint32_t> groups = near_equal(sketches_, kNear);
    std::vector<std::pair<KeyHash, KeyHash>> leaders;
    for (std::uint32_t i = 0; i < groups.size(); ++i) {
      if (groups[i] != i) leaders.emplace_back(prompts_[i], prompts_[groups[i]]);
    }
    return Prompts(std::move(leaders));
  }

 private:
  std::vector<KeyHash> prompts_;  // ascending, so that a group's leader is its smallest
  std::vector<MinHashSketch> sketches_;
};

absl::flat_hash_set<KeyHash> templates_in(const Store& store, const DayWindow& window) {
  absl::flat_hash_set<KeyHash> templates;
  store.scan_activity(window, 0, 1, [&](KeyHash, std::span<const ActivityDay> days) {
    for (const ActivityDay& day : days) {
      for (const TemplateCount& one : day.templates) templates.insert(one.template_hash);
    }
  });
  return templates;
}

}  // namespace

KeyHash Prompts::leader_of(KeyHash prompt) const {
  const auto at = std::lower_bound(leaders_.begin(), leaders_.end(), std::pair(prompt, KeyHash{0}));
  return at != leaders_.end() && at->first == prompt ? at->second : prompt;
}

void Prompts::merge(std::vector<TemplateCount>& templates) const {
  if (leaders_.empty()) return;
  for (TemplateCount& entry : templates) entry.template_hash = leader_of(entry.template_hash);
  add_up(templates);
}

void add_up(std::vector<TemplateCount>& templates) {
  std::sort(templates.begin(), templates.end());
  std::size_t kept = 0;
  for (std::size_t i = 0; i < templates.size(); ++i) {
    if (kept > 0 && templates[kept - 1].template_hash == templates[i].template_hash) {
      templates[kept - 1].count += templates[i].count;
    } else {
      templates[kept++] = templates[i];
    }
  }
  templates.resize(kept);
}

std::vector<TemplateCount> prompts_by_use(const Prompts& prompts, std::span<const ActivityDay> days, std::size_t most) {
  std::vector<TemplateCount> all;
  for (const ActivityDay& day : days) all.insert(all.end(), day.templates.begin(), day.templates.end());
  add_up(all);
  prompts.merge(all);
  sample_by_use(all, most);
  return all;
}

void sample_by_use(std::vector<TemplateCount>& templates, std::size_t most) {
  if (templates.size() <= most) return;
  const auto rank = [](const TemplateCount& entry) {  // a leader is the smallest of many hashes, so hash once more
    const double uniform = (static_cast<double>(mix64(entry.template_hash) >> 11U) + 0.5) * 0x1p-53;
    return -std::log(uniform) / static_cast<double>(std::max<std::uint64_t>(1, entry.count));
  };
  std::vector<std::pair<double, TemplateCount>> ranked;
  ranked.reserve(templates.size());
  for (const TemplateCount& entry : templates) ranked.emplace_back(rank(entry), entry);
  std::nth_element(ranked.begin(), ranked.begin() + static_cast<std::ptrdiff_t>(most), ranked.end(),
                   [](const auto& a, const auto& b) {
                     return std::pair(a.first, a.second.template_hash) < std::pair(b.first, b.second.template_hash);
                   });
  for (std::size_t i = 0; i < most; ++i) templates[i] = ranked[i].second;
  templates.resize(most);
  std::sort(templates.begin(), templates.end());
}

Prompts load_prompts(const Store& store, const DayWindow& window) {
  const std::optional<KindId> kind = store.find_kind("prompt");
  if (!kind) return {};
  const std::optional<DayWindow> range = store.day_range();
  const bool all = !range || (window.contains(range->first) && window.contains(range->last));
  const auto seen = all ? absl::flat_hash_set<KeyHash>() : templates_in(store, window);
  Sketches sketches;
  store.scan_names(*kind, [&](KeyHash hash, std::string_view value) {
    if (all || seen.contains(hash)) sketches.add(hash, value);
  });
  return sketches.grouped();
}

Prompts load_prompts_among(const Store& store, std::span<const TemplateCount> templates) {
  const std::optional<KindId> kind = store.find_kind("prompt");
  if (!kind) return {};
  Sketches sketches;
  for (const TemplateCount& entry : templates) {
    if (const auto value = store.name_of({*kind, entry.template_hash})) sketches.add(entry.template_hash, *value);
  }
  return sketches.grouped();
}

}  // namespace ringscope
