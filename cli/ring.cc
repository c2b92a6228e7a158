#include <algorithm>
#include <cstdint>
#include <optional>

#include <fmt/format.h>

#include "cli/commands.h"
#include "cli/decisions.h"
#include "cli/extraction.h"
#include "cli/output_file.h"
#include "cli/ring_life.h"
#include "cli/ring_sections.h"
#include "cli/terminal.h"
#include "cli/text.h"
#include "cli/tiers.h"
#include "cli/why_not.h"
#include "engine/ask/dossier.h"
#include "engine/ask/life/flow.h"
#include "engine/ask/read_run.h"
#include "engine/detect/ring/overrule.h"
#include "engine/detect/ring/ring_json.h"
#include "engine/detect/ring/succession_text.h"

namespace ringscope::cli {
namespace {

constexpr std::size_t kMembersShown = 20;
constexpr std::size_t kMembersPage = 100;
constexpr std::size_t kPartsShown = 8;
constexpr std::size_t kEvidenceShown = 15;
constexpr double kCrowdShown = 0.05;         // probability
constexpr std::size_t kIndicatorsShown = 8;  // of each campaign

struct Options {
  std::string id;
  bool all = false;
  bool parts = false;
  bool brief = false;
  bool members = false;
  std::string sort = "membership";
  std::vector<std::string> tiers;
  std::optional<std::size_t> limit;
  MembersQuery query;
  bool history = false;
  bool overlap = false;
  bool timeline = false;
  std::filesystem::path svg;
  std::uint64_t at = 0;  // run; 0: the latest

  bool life() const { return history || timeline || !svg.empty(); }
  // Of members: all with --all, a page of its own with --members, else the first.
  MembersQuery members_query() const {
    MembersQuery result = query;
    result.order = parse_member_order(sort);
    result.tiers = tiers_of(tiers);
    result.limit = all ? 0 : limit.value_or(members ? kMembersPage : kMembersShown);
    return result;
  }
};

void print_headline(const Ring& ring, const std::string& history) {
  print_line(styled(ring.id, Style::bold) + "  " + styled(tier_text(ring.tier), style_of(ring.tier)) + "  score " +
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
    print_cleared(evidence.kind, evidence.value, evidence.cleared, evidence.population);
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

// But for the score's findings ("+2.2 …"), where its steps are told anyway.
void print_reasons(const Ring& ring, bool findings) {
  const auto is_finding = [](const std::string& reason) {
    return reason.size() > 1 && (reason[0] == '+' || reason[0] == '-') && reason[1] >= '0' && reason[1] <= '9';
  };
  std::vector<std::string> told;
  for (const std::string& reason : ring.reasons) {
    if (findings || !is_finding(reason)) told.push_back(reason);
  }
  if (told.empty()) return;
  print_heading(fmt::format("Why {}", to_string(ring.tier)));
  for (const std::string& reason : told) print_line("- " + wrapped(escaped(reason), text_columns() - 2, 2));
}

void print_page(const Store& store, const Dossier& dossier, const Options& options) {
  const Ring& ring = dossier.head.ring;
  print_headline(ring, history_line(store, ring.id));
  print_reasons(ring, dossier.waterfall.steps.empty());
  print_waterfall(dossier.waterfall);
  print_evidence(ring, options.all ? ring.evidence.size() : kEvidenceShown);
  print_common(ring);
  print_behavior(ring.behavior);
  print_extraction(ring.extraction);
  for (const CampaignMatch& one : ring.campaigns) print_campaign(one, options.all ? SIZE_MAX : kIndicatorsShown);
  print_overlap(ring_overlap(store, ring));
  print_benign(ring);
  print_successions(ring);
  print_decisions_section(dossier.decisions);
  if (dossier.structure) {
    print_structure(*dossier.structure, options.all ? SIZE_MAX : kPartsShown);
  } else if (!ring.carried) {
    print_line("");
    print_line(styled("A large ring: --parts shows its sub-communities and what bridges them.", Style::dim));
  }
  print_members(list_members(store, dossier.head, options.members_query()),
                "--all shows them, --members a page at a time");
}

void print_members_page(const Globals& globals, const Store& store, std::uint64_t run, const Options& options) {
  const MembersPage page = list_members(store, find_ring_head(store, run, options.id), options.members_query());
  if (globals.json) return print_line(members_to_json(page));
  print_members(page, page.next.empty() ? "that was the last page" : "the next page: --cursor " + page.next);
}

// A ring of a run that has its rows.
void print_ring(const Globals& globals, const Store& store, std::uint64_t run, const Options& options) {
  if (options.members) return print_members_page(globals, store, run, options);
  if (options.overlap) {
    const RingOverlap overlap = ring_overlap(store, find_ring_head(store, run, options.id).ring);
    return globals.json ? print_line(overlap_to_json(overlap)) : print_overlap(overlap);
  }
  if (globals.json && !options.brief) return print_line(ring_to_json(find_ring(store, run, options.id)));
  DossierOptions asked;
  if (options.parts || options.all) asked.most_mapped = SIZE_MAX;
  const Dossier dossier = read_dossier(store, run, options.id, asked);
  if (globals.json) return print_line(dossier_to_json(dossier));
  print_page(store, dossier, options);
}

// Of a run that is not the latest: its page, or what the ledger rebuilds when its rows are gone.
void print_past(const Globals& globals, const Store& store, const Standing& standing, std::uint64_t run,
                const Options& options) {
  if (!store.find_ring(run, standing.ring)) return print_version(globals, store, standing, run);
  Options full = options;
  full.id = standing.ring;
  print_ring(globals, store, run, full);
}

void print_life(const Globals& globals, const Store& store, const Options& options) {
  const Standing standing = find_standing(store, options.id);
  if (options.history) print_history(globals, store, standing);
  if (options.timeline) print_timeline(globals, store, standing);
  if (!options.svg.empty())
    write_file(options.svg, timeline_to_svg(standing, events_of(store, standing), store.counts().runs));
}

int run(const Globals& globals, const Options& options) {
  const auto store = open_briefly(globals);
  const std::uint64_t run = options.at == 0 ? latest_run_number(*store) : find_run(*store, options.at).run;
  if (options.life()) {
    print_life(globals, *store, options);
  } else if (has_ring(*store, run, options.id)) {
    print_ring(globals, *store, run, options);
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
  app.add_flag("--all", options->all, "Print all members, all evidence that is kept, and all parts");
  app.add_flag("--parts", options->parts, "Print sub-communities and bridges of a large ring as well");
  CLI::Option* const members = app.add_flag("--members", options->members, "Print only its members, a page at a time");
  app.add_option("--sort", options->sort, "Order of the members: the surest first, by name, decided ones first")
      ->check(CLI::IsMember(member_order_names()))
      ->capture_default_str();
  app.add_flag("--reverse", options->query.reversed, "Members the other way round");
  add_tier_option(app, options->tiers);
  app.add_option("--limit", options->limit, "Members printed, 0: all; 20 unless said, with --members 100");
  app.add_option("--cursor", options->query.cursor, "Go on where a page of members ended")->needs(members);
  app.add_flag("--brief", options->brief,
               "With --json: the ring without its members, with its score's steps and sub-communities");
  app.add_flag("--overlap", options->overlap, "Print only what it shares with other rings and among campaigns");
  app.add_option("--at", options->at, "As it was in this run")->check(CLI::PositiveNumber);
  app.add_flag("--history", options->history, "What happened to it over the runs");
  app.add_flag("--timeline", options->timeline, "The same as a picture: size and tier over the runs");
  app.add_option("--svg", options->svg, "Write the picture into this file")->type_name("FILE");
  return [options, &globals] { return run(globals, *options); };
}

}  // namespace ringscope::cli
