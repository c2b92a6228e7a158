// The prompts that stand for all that an account asked.
#pragma once

#include <cstddef>
#include <span>
#include <vector>

#include "engine/load/prompts.h"

namespace ringscope {

// As sample_by_use(), of another size: at most `most` are kept. O(templates).
void sample_by_use(std::vector<TemplateCount>& templates, std::size_t most);
// As prompts_by_use(), of another size.
std::vector<TemplateCount> prompts_by_use(const Prompts& prompts, std::span<const ActivityDay> days, std::size_t most);

}  // namespace ringscope
