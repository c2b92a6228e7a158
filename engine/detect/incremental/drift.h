// When an incremental run will not do: the means have changed, or too much has.
#pragma once

#include <span>
#include <string>
#include <utility>
#include <vector>

#include "engine/detect/incremental/patch.h"
#include "engine/detect/stages.h"

namespace ringscope {

// Bounds, as shares of what the base had.
inline constexpr double kMostTouched = 0.2;     // accounts with new or expired rows: the population is the base's
inline constexpr double kMostRewired = 0.05;    // accounts that touch other things, or are no more
inline constexpr double kMostEdges = 0.05;      // change of any layer's edges: 0.15 bits of an entity's rarity
inline constexpr double kMostUngrouped = 0.01;  // new accounts that share something and are in no group

// Of the content of the operator's files and of the indicators.
std::uint64_t lists_hash(const Store& store, const Config& config);

// config_hash() of everything but the end of the window, which moves on from run to run.
std::string lasting_hash(Config config);

// Why the image cannot be started from at all; empty: it can.
std::string unusable(const Store& store, const Setup& setup, const Image& image, const DayWindow& window);

// Each measure in units of its bound, before anything is detected.
std::vector<std::pair<std::string, double>> drift_of(const Image& image, const Patched& patched);

// The same of new accounts that share something and are in none of the groups; `grouped` by account.
double ungrouped_drift(const Patched& patched, const std::vector<char>& grouped);

// "5.2% of the accounts have things they had not in run 12"; empty when no measure is above 1.
std::string too_far(const std::vector<std::pair<std::string, double>>& drift, std::uint64_t base);

}  // namespace ringscope
