// The option --tier, which several commands have.
#pragma once

#include <string>
#include <vector>

#include <CLI/CLI.hpp>

#include "engine/detect/ring/ring.h"

namespace ringscope::cli {

// Adds --tier ban,review,…; other words are wrong usage.
void add_tier_option(CLI::App& app, std::vector<std::string>& tiers);
std::vector<Tier> tiers_of(const std::vector<std::string>& names);

}  // namespace ringscope::cli
