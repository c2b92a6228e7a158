#include "cli/tiers.h"

namespace ringscope::cli {

void add_tier_option(CLI::App& app, std::vector<std::string>& tiers) {
  app.add_option("--tier", tiers, "Only these tiers, comma-separated: ban, review, watch")
      ->delimiter(',')
      ->expected(1)
      ->take_all()
      ->check(CLI::IsMember(std::vector<std::string>{"ban", "review", "watch"}));
}

std::vector<Tier> tiers_of(const std::vector<std::string>& names) {
  std::vector<Tier> tiers;
  for (const std::string& name : names) {
    if (const auto tier = parse_tier(name)) tiers.push_back(*tier);
  }
  return tiers;
}

}  // namespace ringscope::cli
