#include <algorithm>
#include <cmath>

#include <fmt/format.h>

#include "cli/ring_sections.h"
#include "cli/terminal.h"
#include "cli/text.h"

namespace ringscope::cli {
namespace {

std::string capabilities_text(const std::vector<std::pair<std::string, double>>& capabilities) {
  std::string text;
  for (const auto& [name, share] : capabilities) {
    text += fmt::format("{}{} {}", text.empty() ? "" : ", ", name, percent(share));
  }
  return text;
}

std::string traffic_text(const Behavior& behavior) {
  if (behavior.traffic_p == 1) return "too little to test whether accounts complement each other";
  return fmt::format("sum {} times as variable as of independent accounts (p {:.1g}); turns {} standard deviations {}",
                     decimal(behavior.traffic_ratio, 2), behavior.traffic_p, decimal(std::abs(behavior.turns_z), 1),
                     behavior.turns_z < 0 ? "more even than chance" : "less even than chance");
}

std::string listed_text(const std::vector<ListedShare>& listed) {
  std::string text;
  for (const ListedShare& one : listed) {
    text += fmt::format("{}{} {} (everybody {})", text.empty() ? "" : ", ", one.list, percent(one.share),
                        percent(one.population));
  }
  return text;
}

}  // namespace

void print_behavior(const Behavior& behavior) {
  print_heading("Behaviour");
  std::vector<Fact> facts = {
      {"requests", thousands(behavior.requests)},
      {"tokens", fmt::format("{} in, {} out", thousands(behavior.tokens_in), thousands(behavior.tokens_out))},
      {"asked for", capabilities_text(behavior.capabilities)},
      {"templates", fmt::format("{} of the templated requests repeat one", percent(behavior.template_repetition))},
      {"synchrony", fmt::format("{} (1: all active on the same days)", decimal(behavior.synchrony, 2))},
      {"hours", fmt::format("active in {} of 24 hours (UTC)", behavior.active_hours)},
      {"traffic", traffic_text(behavior)},
      {"weekend", fmt::format("{} of the requests (29% is no rhythm)", percent(behavior.weekend_share))},
      {"days", count_of(behavior.active_days, "active day", "active days")}};
  if (!behavior.listed.empty()) facts.push_back({"listed", listed_text(behavior.listed)});
  print_facts(facts);
}

void print_campaign(const CampaignMatch& campaign, std::size_t limit) {
  print_heading(fmt::format("Campaign {}: confidence {}", escaped(campaign.campaign), decimal(campaign.confidence, 3)));
  print_facts({{"accounts", fmt::format("{}; {} of them touch its indicators", thousands(campaign.accounts),
                                        thousands(campaign.touched))},
               {"requests", thousands(campaign.requests)},
               {"tokens", fmt::format("{} in, {} out", thousands(campaign.tokens_in), thousands(campaign.tokens_out))},
               {"asked for", capabilities_text(campaign.capabilities)}});
  Table table({{"indicator"},
               {"value", Align::left, 16},
               {"members", Align::right},
               {"everyone", Align::right},
               {"weight", Align::right},
               {"such as", Align::left, 10}});
  const std::size_t shown = std::min(limit, campaign.indicators.size());
  for (std::size_t i = 0; i < shown; ++i) {
    const MatchedIndicator& one = campaign.indicators[i];
    table.add({{one.kind},
               {one.value},
               {thousands(one.accounts)},
               {thousands(one.population)},
               {decimal(one.weight, 1)},
               {one.members.empty() ? "" : one.members.front()}});
  }
  table.print();
  if (shown < campaign.indicators.size()) {
    print_line(styled(fmt::format("… and {} more", thousands(campaign.indicators.size() - shown)), Style::dim));
  }
}

}  // namespace ringscope::cli
