#include <algorithm>
#include <cmath>
#include <cstdint>

#include <fmt/format.h>

#include "cli/commands.h"
#include "cli/extraction.h"
#include "cli/output_file.h"
#include "cli/ring_life.h"
#include "cli/terminal.h"
#include "cli/text.h"
#include "engine/ask/flow.h"
#include "engine/ask/read_run.h"
#include "engine/detect/overrule.h"
#include "engine/detect/ring_json.h"
#include "engine/detect/succession/record_text.h"

namespace ringscope::cli {
namespace {

constexpr std::size_t kMembersShown = 20;
constexpr std::size_t kEvidenceShown = 15;
constexpr double kCrowdShown = 0.05;         // probability
constexpr std::size_t kIndicatorsShown = 8;  // of each campaign

struct Options {
  std::string id;
  bool all = false;
  bool history = false;
  bool timeline = false;
  std::filesystem::path svg;
  std::uint64_t at = 0;  // run; 0: the latest

  bool life() const { return history || timeline || !svg.empty(); }
};

void print_headline(const Ring& ring, const std::string& history) {
  print_line(styled(ring.id, Style::bold) + "  " + styled(to_string(ring.tier), style_of(ring.tier)) + "  score " +
             decimal(ring.score, 3) + "  " + count_of(ring.members.size(), "account", "accounts"));
  print_line(wrapped(escaped(ring.summary), text_columns(), 0));
  print_facts(
      {{"campaign", ring.campaign.empty() ? "" : fmt::format("{} ({})", ring.campaign, decimal(ring.confidence, 3))},
       {"seen", fmt::format("{} to {}", day_text(ring.first_seen), day_text(ring.last_seen))},
       {"history", history},
       {"grown from", fmt::format("{}", fmt::join(ring.parents, ", "))},
       {"decided", ring.verdict ? decision_text(*ring.verdict) : ""},
       {"the engine",
        ring.engine ? fmt::format("says {}, score {}", to_string(ring.engine->tier), decimal(ring.engine->score, 3))
                    : ""}});
}

// Entities that strangers meet on as well, of the first `shown`.
void print_crowds(const Ring& ring, std::size_t shown) {
  for (std::size_t i = 0; i < shown; ++i) {
    const Evidence& evidence = ring.evidence[i];
    if (evidence.crowd_probability < kCrowdShown) continue;
    const std::string text = fmt::format("{} {}: outside the ring {}, {:.0f}%", evidence.kind, evidence.value,
                                         evidence.crowd, 100 * evidence.crowd_probability);
    print_line(wrapped(escaped(text), text_columns(), 2));
  }
}

void print_evidence(const Ring& ring, std::size_t limit) {
  print_heading(fmt::format("Evidence: {} shared, joined by {}", count_of(ring.evidence_count, "entity", "entities"),
                            ring.kinds.empty() ? "no kind" : escaped(fmt::format("{}", fmt::join(ring.kinds, ", ")))));
  Table table({{"kind"},
               {"value", Align::left, 16},
               {"members", Align::right},
               {"everyone", Align::right},
               {"bits", Align::right},
               {"first"},
               {"last"}});
  const std::size_t shown = std::min(limit, ring.evidence.size());
  for (std::size_t i = 0; i < shown; ++i) {
    const Evidence& evidence = ring.evidence[i];
    table.add({{evidence.kind},
               {evidence.value},
               {thousands(evidence.accounts)},
               {thousands(evidence.population)},
               {decimal(evidence.bits, 1)},
               {day_text(evidence.first)},
               {day_text(evidence.last)}});
  }
  table.print();
  if (shown < ring.evidence_count) {
    print_line(styled(fmt::format("… and {} more", thousands(ring.evidence_count - shown)), Style::dim));
  }
  print_crowds(ring, shown);
}

void print_common(const Ring& ring) {
  if (ring.common.empty()) return;
  print_heading("In common, without a shared thing");
  Table table({{"kind"}, {"value", Align::left, 16}, {"members", Align::right}, {"everyone", Align::right}});
  for (const CommonTrait& trait : ring.common)
    table.add({{trait.kind}, {trait.value}, {thousands(trait.accounts)}, {thousands(trait.population)}});
  table.print();
}

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

void print_benign(const Ring& ring) {
  if (ring.benign.empty()) return;
  print_heading("Could it be honest?");
  Table table({{"it is only"}, {"probability", Align::right}, {"because", Align::left, 20}});
  for (const BenignHypothesis& one : ring.benign) {
    table.add({{one.name}, {decimal(one.probability, 3)}, {one.reason}});
  }
  table.print();
}

void print_successions(const Ring& ring) {
  if (ring.ban_waves.empty() && ring.succeeds.empty()) return;
  print_heading("Bans and successions");
  for (const BanWave& wave : ring.ban_waves) {
    const std::string text =
        fmt::format("{} of its accounts banned from {} to {}, with {} requests a day", thousands(wave.accounts),
                    format_time(wave.first), format_time(wave.last), decimal(wave.lost_daily, 0));
    print_line("- " + wrapped(text, text_columns() - 2, 2));
  }
  for (const Handover& one : ring.succeeds) {
    const std::string text = fmt::format("took over from {} (probability {}): {}",
                                         one.ring == ring.id ? "its own banned accounts" : one.ring,
                                         decimal(one.probability, 3), fmt::join(one.reasons, "; "));
    print_line("- " + wrapped(escaped(text), text_columns() - 2, 2));
  }
}

void print_members(const Ring& ring, std::size_t limit) {
  print_heading("Members");
  Table table({{"account", Align::left, 16},
               {"membership", Align::right},
               {"score", Align::right},
               {"tier"},
               {"why", Align::left, 20}});
  const std::size_t shown = std::min(limit, ring.members.size());
  for (std::size_t i = 0; i < shown; ++i) {
    const Member& member = ring.members[i];
    table.add({{member.name},
               {decimal(member.membership, 2)},
               {decimal(member.score, 3)},
               {to_string(member.tier), style_of(member.tier)},
               {reasons_text(member)}});
  }
  table.print();
  if (shown < ring.members.size()) {
    print_line(
        styled(fmt::format("… and {} more; --all shows them", thousands(ring.members.size() - shown)), Style::dim));
  }
}

void print_reasons(const Ring& ring) {
  if (ring.reasons.empty()) return;
  print_heading(fmt::format("Why {}", to_string(ring.tier)));
  for (const std::string& reason : ring.reasons) print_line("- " + wrapped(escaped(reason), text_columns() - 2, 2));
}

void print_page(const Store& store, const Ring& ring, const Options& options) {
  print_headline(ring, history_line(store, ring.id));
  print_evidence(ring, options.all ? ring.evidence.size() : kEvidenceShown);
  print_common(ring);
  print_behavior(ring.behavior);
  print_extraction(ring.extraction);
  for (const CampaignMatch& one : ring.campaigns) print_campaign(one, options.all ? SIZE_MAX : kIndicatorsShown);
  print_benign(ring);
  print_successions(ring);
  print_members(ring, options.all ? ring.members.size() : kMembersShown);
  print_reasons(ring);
}

void print_ring(const Globals& globals, const Store& store, const Ring& ring, const Options& options) {
  if (globals.json) {
    print_line(ring_to_json(ring));
  } else {
    print_page(store, ring, options);
  }
}

// Of a run that is not the latest: its page, or what the ledger rebuilds when its rows are gone.
void print_past(const Globals& globals, const Store& store, const Standing& standing, std::uint64_t run,
                const Options& options) {
  if (store.find_ring(run, standing.ring))
    return print_ring(globals, store, find_ring(store, run, standing.ring), options);
  print_version(globals, store, standing, run);
}

void print_life(const Globals& globals, const Store& store, const Options& options) {
  const Standing standing = find_standing(store, options.id);
  if (options.history) print_history(globals, store, standing);
  if (options.timeline) print_timeline(globals, store, standing);
  if (!options.svg.empty())
    write_file(options.svg, timeline_to_svg(standing, events_of(store, standing), store.counts().runs));
}

int run(const Globals& globals, const Options& options) {
  const auto store = open_store(globals, OpenMode::read_only);
  const std::uint64_t run = (options.at == 0 ? latest_run(*store) : find_run(*store, options.at)).run;
  if (options.life()) {
    print_life(globals, *store, options);
  } else if (has_ring(*store, run, options.id)) {
    print_ring(globals, *store, find_ring(*store, run, options.id), options);
  } else {
    const Standing standing = find_standing(*store, options.id);
    const bool gone = options.at == 0 && !standing.live;
    print_past(globals, *store, standing, gone ? standing.run - 1 : run, options);
  }
  return 0;
}

}  // namespace

std::function<int()> setup_ring(CLI::App& app, const Globals& globals) {
  const auto options = std::make_shared<Options>();
  app.add_option("ID", options->id, "The ring's id, or the beginning of it")->required();
  app.add_flag("--all", options->all, "Print all members and all evidence that is kept");
  app.add_option("--at", options->at, "As it was in this run")->check(CLI::PositiveNumber);
  app.add_flag("--history", options->history, "What happened to it over the runs");
  app.add_flag("--timeline", options->timeline, "The same as a picture: size and tier over the runs");
  app.add_option("--svg", options->svg, "Write the picture into this file");
  return [options, &globals] { return run(globals, *options); };
}

}  // namespace ringscope::cli
