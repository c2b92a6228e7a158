#include "engine/ledger/retain.h"

#include <fmt/format.h>

#include "cli/commands.h"
#include "cli/terminal.h"
#include "cli/text.h"
#include "engine/json.h"

namespace ringscope::cli {
namespace {

std::string report_json(const Store::Retention& report, bool any_day) {
  const auto day_json = [&](Day day) { return any_day ? Json(format_day(day)) : Json(nullptr); };
  const Json json = {{"schema", "ringscope.retain/1"},
                     {"first_day", day_json(report.days.first)},
                     {"last_day", day_json(report.days.last)},
                     {"accounts", report.accounts},
                     {"cells", report.cells},
                     {"activity_days", report.activity},
                     {"names", report.names},
                     {"day_keys", report.day_keys}};
  return json.dump();
}

int run(const Globals& globals, int days) {
  const auto store = open_store(globals, OpenMode::write);
  const Store::Retention report = retain(*store, days);
  const bool any_day = store->day_range().has_value();
  if (globals.json) {
    print_line(report_json(report, any_day));
    return 0;
  }
  if (report.accounts == 0) {
    print_line("Nothing was older.");
  } else {
    print_line(fmt::format("Dropped {} and {} of activity of {}, and {} that nothing has any more.",
                           count_of(report.cells, "cell", "cells"), count_of(report.activity, "day", "days"),
                           count_of(report.accounts, "account", "accounts"), count_of(report.names, "name", "names")));
  }
  if (report.day_keys > 0)
    print_line(fmt::format("Destroyed {}: what was last seen then is shredded in snapshots and backups as well.",
                           count_of(report.day_keys, "key of a day", "keys of days")));
  if (any_day)
    print_line(fmt::format("The store holds {} to {}. Rings change with the next 'ringscope detect'.",
                           format_day(report.days.first), format_day(report.days.last)));
  return 0;
}

}  // namespace

std::function<int()> setup_retain(CLI::App& app, const Globals& globals) {
  const auto days = std::make_shared<int>(0);
  app.add_option("--days", *days, "Days to keep, up to the last one with data")
      ->required()
      ->check(CLI::Range(1, 100'000));
  return [days, &globals] { return run(globals, *days); };
}

}  // namespace ringscope::cli
