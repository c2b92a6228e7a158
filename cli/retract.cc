#include "engine/release/retract.h"

#include <ctime>

#include <fmt/format.h>

#include "cli/commands.h"
#include "cli/people.h"
#include "cli/terminal.h"
#include "cli/text.h"

namespace ringscope::cli {
namespace {

int run_retract(const Globals& globals, RetractRequest request) {
  request.now = std::time(nullptr);
  const auto store = open_store(globals, OpenMode::write);
  const Retraction done = retract(*store, request);
  if (globals.json) {
    print_line(retraction_to_json(done));
    return 0;
  }
  print_line(fmt::format("Verdict {} takes back {}: {} of {} unbanned, events {} to {}.", done.verdict.number,
                         escaped(done.verdict.target), thousands(done.unbanned),
                         count_of(done.verdict.accounts.size(), "account", "accounts"), done.first_seq, done.last_seq));
  if (done.kept > 0)
    print_line(fmt::format("{} banned: a verdict of their own confirms them.",
                           count_of(done.kept, "account stays", "accounts stay")));
  return 0;
}

int run_overturned(const Globals& globals, bool check) {
  const auto store = open_store(globals, OpenMode::read_only);
  const std::vector<OverturnedBan> bans = overturned_bans(*store);
  std::size_t again = 0;
  for (const OverturnedBan& ban : bans) again += ban.banned_again ? 1 : 0;
  if (globals.json) {
    for (const OverturnedBan& ban : bans) print_line(overturned_to_json(ban));
  } else if (bans.empty()) {
    print_line("No ban was taken back by people.");
  } else {
    Table table({{"account", Align::left, 10},
                 {"ring"},
                 {"verdict", Align::right},
                 {"by"},
                 {"engine now"},
                 {"reason", Align::left, 16}});
    for (const OverturnedBan& ban : bans)
      table.add(
          {{ban.account},
           {ban.ring},
           {std::to_string(ban.verdict)},
           {ban.by},
           {ban.engine_tier.empty() ? "in no ring" : ban.engine_tier, ban.banned_again ? Style::red : Style::plain},
           {ban.reason}});
    table.print();
    print_line(fmt::format("{}; the engine alone would ban {} of them again.",
                           count_of(bans.size(), "ban was taken back", "bans were taken back"), thousands(again)));
  }
  return check && again > 0 ? 1 : 0;
}

}  // namespace

std::function<int()> setup_retract(CLI::App& app, const Globals& globals) {
  const auto request = std::make_shared<RetractRequest>();
  app.add_option("TARGET", request->target, "A ring's id, or an account")->required();
  app.add_flag("--account", request->account, "TARGET is an account, whatever it looks like");
  add_person_options(app, request->by, request->reason);
  return [request, &globals] { return run_retract(globals, *request); };
}

std::function<int()> setup_overturned(CLI::App& app, const Globals& globals) {
  const auto check = std::make_shared<bool>(false);
  app.add_flag("--check", *check, "Exit with 1 if the latest run's engine alone would ban one of them again");
  return [check, &globals] { return run_overturned(globals, *check); };
}

}  // namespace ringscope::cli
