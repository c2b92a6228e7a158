#include "cli/extraction.h"

#include <algorithm>
#include <cmath>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "cli/terminal.h"
#include "cli/text.h"

namespace ringscope::cli {
namespace {

constexpr double kLeastNats = 0.05;  // of a feature, to be a line

// What was seen, largest effect first; the base rate says nothing about this traffic.
std::vector<const ExtractionFeature*> by_effect(const Extraction& extraction) {
  std::vector<const ExtractionFeature*> features;
  features.reserve(extraction.features.size());
  for (const ExtractionFeature& feature : extraction.features) {
    const bool seen = feature.name != "base" && std::abs(feature.nats) >= kLeastNats;
    if (seen) features.push_back(&feature);
  }
  std::stable_sort(features.begin(), features.end(), [](const ExtractionFeature* a, const ExtractionFeature* b) {
    return std::abs(a->nats) > std::abs(b->nats);
  });
  return features;
}

}  // namespace

void print_extraction(const std::optional<Extraction>& extraction) {
  if (!extraction) return;
  print_heading(fmt::format("Does it extract a model? Probability {}", decimal(extraction->probability, 3)));
  print_facts({{"aims at", escaped(fmt::format("{}", fmt::join(extraction->targets, ", ")))}});
  for (const ExtractionFeature* feature : by_effect(*extraction)) {
    print_line("- " +
               wrapped(fmt::format("{:+.1f} {}", feature->nats, escaped(feature->reason)), text_columns() - 2, 2));
  }
}

}  // namespace ringscope::cli
