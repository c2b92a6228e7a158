#include "engine/ask/account.h"

#include <algorithm>

#include <fmt/format.h>

#include "cli/commands.h"
#include "cli/decisions.h"
#include "cli/extraction.h"
#include "cli/terminal.h"
#include "cli/text.h"
#include "cli/why_not.h"
#include "engine/detect/ring/overrule.h"
#include "engine/detect/ring/succession_text.h"

namespace ringscope::cli {
namespace {

constexpr std::size_t kEntitiesShown = 20;

struct Options {
  std::string account;
  bool all = false;
};

std::string shares_text(const std::vector<std::pair<std::string, double>>& shares) {
  std::string text;
  for (const auto& [name, share] : shares)
    text += fmt::format("{}{} {}", text.empty() ? "" : ", ", name, percent(share));
  return text;
}

// The hours of the day as 24 digits, 0 to 9 of the busiest hour; "." for none.
std::string hours_text(const ActivitySummary& activity) {
  const std::uint64_t most = *std::max_element(activity.hours.begin(), activity.hours.end());
  if (most == 0) return "";
  std::string text;
  for (const std::uint64_t requests : activity.hours) {
    text += requests == 0 ? '.' : static_cast<char>('0' + requests * 9 / most);
  }
  return text + "  (0 h to 23 h UTC)";
}

void print_activity(const ActivitySummary& activity) {
  if (activity.requests == 0) return;
  print_heading("Activity");
  print_facts({{"requests", thousands(activity.requests)},
               {"tokens", fmt::format("{} in, {} out", thousands(activity.tokens_in), thousands(activity.tokens_out))},
               {"days", activity.active_days == 0
                            ? ""
                            : fmt::format("{}, {} to {}", count_of(activity.active_days, "active day", "active days"),
                                          day_text(activity.first_day), day_text(activity.last_day))},
               {"hours", hours_text(activity)},
               {"asked for", shares_text(activity.capabilities)},
               {"models", shares_text(activity.models)}});
}

void print_ring(const AccountPage& page) {
  if (page.run == 0) {
    print_line("No detection has run yet: run 'ringscope detect'.");
  } else if (!page.ring) {
    print_line(fmt::format("In no ring of run {}.", page.run));
  } else {
    const RingMembership& ring = *page.ring;
    print_line(fmt::format("Ring {} ({}, {}); account {}, score {}, membership {}", styled(ring.ring, Style::bold),
                           styled(tier_text(ring.ring_tier), style_of(ring.ring_tier)),
                           count_of(ring.ring_size, "account", "accounts"), to_string(ring.member.tier),
                           decimal(ring.member.score, 3), decimal(ring.member.membership, 2)));
    if (ring.member.verdict)
      print_line("- " + wrapped(escaped(decision_text(*ring.member.verdict)), text_columns() - 2, 2));
    for (const std::string& reason : ring.member.reasons)
      print_line("- " + wrapped(escaped(reason), text_columns() - 2, 2));
    if (ring.member.replaces)
      print_line("- " + wrapped(escaped(replacement_text(*ring.member.replaces)), text_columns() - 2, 2));
  }
}

std::string share_text(const std::vector<Share>& shares) {
  std::string text;
  for (const Share& one : shares) text += fmt::format("{}{} {}", text.empty() ? "" : ", ", one.of, percent(one.share));
  return text;
}

// Of an account that more than one ring or campaign has to do with.
void print_overlap(const AccountOverlap& overlap) {
  if (overlap.rings.size() < 2 && overlap.campaigns.size() < 2) return;
  print_heading("Shares");
  print_facts({{"rings", overlap.rings.size() < 2 ? "" : share_text(overlap.rings)},
               {"campaigns", overlap.campaigns.size() < 2 ? "" : share_text(overlap.campaigns)}});
}

void print_entities(const AccountPage& page, std::size_t limit) {
  print_heading(fmt::format("Seen with {}", count_of(page.entities.size(), "entity", "entities")));
  Table table({{"kind"},
               {"value", Align::left, 10},
               {"times", Align::right},
               {"days", Align::right},
               {"first"},
               {"last"},
               {"accounts", Align::right},
               {"bits", Align::right}});
  const std::size_t shown = std::min(limit, page.entities.size());
  for (std::size_t i = 0; i < shown; ++i) {
    const AccountEntity& entity = page.entities[i];
    table.add({{entity.kind},
               {entity.value},
               {thousands(entity.count)},
               {thousands(entity.days)},
               {day_text(entity.first)},
               {day_text(entity.last)},
               {entity.accounts == 0 ? "-" : thousands(entity.accounts)},
               {worth_text(entity.bits, entity.verdict)}});
  }
  table.print();
  for (std::size_t i = 0; i < shown; ++i) {
    const AccountEntity& entity = page.entities[i];
    print_cleared(entity.kind, entity.value, entity.cleared, entity.accounts);
  }
  if (shown < page.entities.size()) {
    print_line(
        styled(fmt::format("… and {} more; --all shows them", thousands(page.entities.size() - shown)), Style::dim));
  }
}

void print_page(const AccountPage& page, const Options& options) {
  print_line(styled(escaped(page.account), Style::bold));
  print_facts({{"created", page.facts.created == kNoTime ? "" : format_time(page.facts.created)},
               {"plan", page.facts.plan.value()},
               {"status", page.facts.status.value()}});
  print_ring(page);
  print_overlap(page.overlap);
  if (page.why_not) print_why_not(*page.why_not);
  if (page.expulsion) print_expulsion(*page.expulsion);
  print_decisions_section(page.decisions);
  print_activity(page.activity);
  print_extraction(page.extraction);
  print_entities(page, options.all ? page.entities.size() : kEntitiesShown);
}

int run(const Globals& globals, const Options& options) {
  const auto store = open_briefly(globals);
  const AccountPage page = account_page(*store, options.account);
  if (globals.json) {
    print_line(account_to_json(page));
  } else {
    print_page(page, options);
  }
  return 0;
}

}  // namespace

std::function<int()> setup_account(CLI::App& app, const Globals& globals) {
  const auto options = std::make_shared<Options>();
  app.add_option("ID", options->account, "The account, as it stands in the log")->required();
  app.add_flag("--all", options->all, "Print everything it was seen with");
  return [options, &globals] { return run(globals, *options); };
}

}  // namespace ringscope::cli
