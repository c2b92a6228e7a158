#include "engine/release/release.h"

#include <ctime>

#include <fmt/format.h>

#include "cli/commands.h"
#include "cli/terminal.h"
#include "cli/text.h"
#include "cli/verbs.h"

namespace ringscope::cli {
namespace {

constexpr std::size_t kListed = 10;
constexpr std::size_t kListedJson = 1000;

struct Options {
  ReleaseRequest request;
};

void print_shares(const char* title, const std::vector<ReleaseShare>& shares, std::size_t bans) {
  if (shares.empty()) return;
  print_heading(title);
  Table table({{"", Align::left}, {"accounts", Align::right}, {"share", Align::right}});
  for (const ReleaseShare& one : shares)
    table.add({{one.name},
               {thousands(one.accounts)},
               {percent(static_cast<double>(one.accounts) / static_cast<double>(bans))}});
  table.print();
}

void print_plan(const ReleasePlan& plan) {
  const double share = plan.active == 0 ? 0 : static_cast<double>(plan.bans.size()) / static_cast<double>(plan.active);
  print_facts({{"run", std::to_string(plan.run)},
               {"plan", plan.digest},
               {"mode", fmt::format("{}, to {} of the accounts", plan.shadow ? "shadow: nothing is told" : "live",
                                    percent(plan.rollout))},
               {"to ban", fmt::format("{} of {} active ({}%), {} are banned already", thousands(plan.bans.size()),
                                      thousands(plan.active), decimal(100 * share, 2), thousands(plan.banned))},
               {"to unban", thousands(plan.unbans.size())},
               {"spared", thousands(plan.blocked.size())},
               {"held back", plan.held_back == 0 ? "" : thousands(plan.held_back)}});
  const std::size_t bans = plan.bans.size();
  print_shares("Rings", plan.rings, bans);
  print_shares("Plans", plan.plans, bans);
  print_shares("Age", plan.ages, bans);
  print_shares("Autonomous systems", plan.systems, bans);
  print_shares("Countries", plan.countries, bans);
  print_shares("Probability that the ring is an honest group", plan.honest, bans);
  if (!plan.blocked.empty()) print_heading("Spared by the allow-list");
  for (std::size_t i = 0; i < plan.blocked.size() && i < kListed; ++i)
    print_line(fmt::format("{} (in {}): {}", escaped(plan.blocked[i].name), plan.blocked[i].ring,
                           escaped(plan.blocked[i].why)));
  if (!plan.lapsed.empty())
    print_line(fmt::format("\n{} of the allow-list ended; 'ringscope guard list' shows which.",
                           count_of(plan.lapsed.size(), "entry", "entries")));
  print_heading("Guards");
  for (const GuardRefusal& one : plan.refusals) print_line(fmt::format("refuse  {}: {}", one.guard, one.message));
  if (plan.refusals.empty()) print_line("None refuses.");
}

int preview(const Globals& globals, const Options&) {
  const Config config = globals.config();
  const auto store = open_briefly(globals);
  const ReleasePlan plan = plan_release(*store, config, read_journal(*store), std::time(nullptr));
  if (globals.json) {
    print_line(plan_to_json(plan, *store, kListedJson));
  } else {
    print_plan(plan);
  }
  return 0;
}

std::string done_text(const ReleaseReport& report) {
  const std::string what =
      fmt::format("{} to ban, {} to unban", thousands(report.plan.bans.size()), thousands(report.plan.unbans.size()));
  switch (report.state) {
    case ReleaseState::proposed:
      return fmt::format("Proposed as entry {} (plan {}): {}. Nothing is told yet: a second person must say the same.",
                         report.entry.number, report.plan.digest, what);
    case ReleaseState::shadow:
      return fmt::format("Shadow, entry {}: {}. Nothing is told.", report.entry.number, what);
    case ReleaseState::released:
      return fmt::format("Released as entry {}: {}, events {} to {}.", report.entry.number, what, report.first_seq,
                         report.last_seq);
    case ReleaseState::nothing:
      break;
  }
  return "Nothing to tell: machines know all that is at ban.";
}

int commit(const Globals& globals, const Options& options) {
  const Config config = globals.config();
  ReleaseRequest request = options.request;
  request.now = std::time(nullptr);
  const auto store = open_store(globals, OpenMode::write);
  const ReleaseReport report = release(*store, config, request);
  print_line(globals.json ? release_to_json(report, *store) : done_text(report));
  return 0;
}

}  // namespace

std::function<int()> setup_release(CLI::App& app, const Globals& globals) {
  const Verbs<Options> options(app);
  options.add("preview", "Who would be banned and unbanned now, and what the guards say", preview);
  CLI::App* const commits = options.add("commit", "Tell machines; the second of two persons does", commit);
  commits->add_option("--by", options->request.by, "Who releases")->required();
  commits->add_option("--reason", options->request.reason, "Why; needed to override a guard");
  commits->add_option("--plan", options->request.digest, "Only the plan of this digest, as 'preview' prints it");
  commits->add_flag("--override", options->request.override_caps,
                    "Although a cap says no: with a reason, and two persons always");
  commits->footer("Exit status 4: a guard refused, and nothing was written.");
  return options.runner(globals);
}

}  // namespace ringscope::cli
