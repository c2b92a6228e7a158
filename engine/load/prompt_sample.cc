#include "engine/load/prompt_sample.h"

#include <algorithm>
#include <cmath>
#include <utility>

#include "base/random.h"

namespace ringscope {

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

}  // namespace ringscope
