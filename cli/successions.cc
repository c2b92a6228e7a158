#include "engine/ask/life/successions.h"

#include <algorithm>
#include <optional>
#include <tuple>

#include <fmt/format.h>

#include "cli/commands.h"
#include "cli/terminal.h"
#include "cli/text.h"
#include "engine/detect/ring/succession_text.h"

namespace ringscope::cli {
namespace {

struct Options {
  bool accounts = false;
};

constexpr std::size_t kTiesShown = 3;

std::string ties_text(const std::vector<ReusedThing>& reused) {
  std::string text;
  for (std::size_t i = 0; i < std::min(kTiesShown, reused.size()); ++i)
    text += fmt::format("{}{} {}", i == 0 ? "" : ", ", reused[i].kind, reused[i].value);
  if (reused.size() > kTiesShown) text += fmt::format(" and {} more", reused.size() - kTiesShown);
  return text;
}

std::string moment_text(Seconds t) { return format_time(t).substr(0, 16); }

void print_waves(const std::vector<Succession>& successions) {
  Table table({{"banned ring"},
               {"when (UTC)"},
               {"banned", Align::right},
               {"lost/day", Align::right},
               {"successor"},
               {"accounts", Align::right},
               {"lag", Align::right},
               {"load", Align::right},
               {"probability", Align::right},
               {"tied by", Align::left, 16}});
  for (const Succession& one : successions) {
    std::vector<TableCell> row = {{one.ring, Style::bold},
                                  {moment_text(one.wave.first)},
                                  {thousands(one.wave.accounts)},
                                  {decimal(one.wave.lost_daily, 0)}};
    if (one.handover) {
      const Handover& found = *one.handover;
      const double share = one.wave.lost_daily > 0 ? found.gained_daily / one.wave.lost_daily : 0;
      row.insert(row.end(), {{one.successor == one.ring ? "the same" : one.successor, Style::bold},
                             {thousands(found.accounts)},
                             {lag_text(found.lag)},
                             {decimal(share, 2)},
                             {decimal(found.probability, 3)},
                             {ties_text(found.reused)}});
    } else {
      row.insert(row.end(), {{"none found", Style::dim}, {""}, {""}, {""}, {""}, {""}});
    }
    table.add(std::move(row));
  }
  table.print();
}

void print_accounts(const std::vector<ReplacedAccount>& replaced) {
  Table table({{"account", Align::left, 16},
               {"ring"},
               {"took the place of", Align::left, 16},
               {"among", Align::right},
               {"banned (UTC)"},
               {"lag", Align::right},
               {"probability", Align::right},
               {"tied by", Align::left, 16}});
  for (const ReplacedAccount& one : replaced) {
    table.add({{one.account},
               {one.ring},
               {one.replaces.account},
               {thousands(one.replaces.among)},
               {moment_text(one.replaces.banned)},
               {lag_text(one.replaces.lag)},
               {decimal(one.replaces.probability, 3)},
               {ties_text(one.replaces.reused)}});
  }
  table.print();
}

template <class All>
void print_json(const All& all) {
  for (const auto& one : all) print_line(succession_to_json(one));
}

int run(const Globals& globals, const Options& options) {
  const auto store = open_briefly(globals);
  if (options.accounts) {
    const auto replaced = replaced_accounts(*store);
    if (globals.json) {
      print_json(replaced);
    } else if (replaced.empty()) {
      print_line("No account is known to have taken a banned one's place.");
    } else {
      print_accounts(replaced);
    }
    return 0;
  }
  const auto all = successions(*store);
  if (globals.json) {
    print_json(all);
  } else if (all.empty()) {
    print_line("No ring has lost members to a wave of bans.");
  } else {
    print_waves(all);
  }
  return 0;
}

}  // namespace

std::function<int()> setup_successions(CLI::App& app, const Globals& globals) {
  const auto options = std::make_shared<Options>();
  app.add_flag("--accounts", options->accounts,
               "List the accounts that took a banned one's place, with or without a wave");
  return [options, &globals] { return run(globals, *options); };
}

}  // namespace ringscope::cli
