#include <algorithm>

#include <fmt/format.h>

#include "base/error.h"
#include "cli/commands.h"
#include "cli/terminal.h"
#include "cli/text.h"
#include "engine/care/beside.h"
#include "engine/care/health.h"
#include "engine/json.h"
#include "server/tokens.h"
#include "storage/repair.h"
#include "storage/snapshots.h"

namespace ringscope::cli {
namespace {

constexpr int kDamaged = 1;
constexpr int kSomeLost = 3;

struct Options {
  std::filesystem::path repair;
};

std::string dump(const Json& json) { return json.dump(-1, ' ', false, Json::error_handler_t::replace); }

// One line for each example, and how many more there are.
std::vector<std::string> lines_of(const Damage& damage) {
  std::vector<std::string> lines;
  for (const std::string& example : damage.examples) lines.push_back(damage.invariant + ": " + example);
  if (damage.count > damage.examples.size())
    lines.push_back(fmt::format("{}: {} more", damage.invariant, thousands(damage.count - damage.examples.size())));
  return lines;
}

Json checks_json(const Health& health) {
  Json checks = Json::array();
  for (const Invariant& one : health.invariants) {
    const auto damage = std::ranges::find(health.damage, one.name, &Damage::invariant);
    const bool holds = damage == health.damage.end();
    Json check = {{"check", one.name}, {"says", one.says}, {"holds", holds}};
    if (!holds) {
      check["found"] = damage->count;
      check["examples"] = damage->examples;
      check["advice"] = one.advice;
    }
    checks.push_back(std::move(check));
  }
  return checks;
}

std::string health_json(const Health& health) {
  const auto day_json = [&](Day DayWindow::*day) {
    return health.days ? Json(format_day((*health.days).*day)) : Json(nullptr);
  };
  Json damaged = Json::array();
  for (const Damage& damage : health.damage)
    for (std::string& line : lines_of(damage)) damaged.push_back(std::move(line));
  return dump({{"schema", "ringscope.doctor/1"},
               {"healthy", health.damage.empty()},
               {"damaged", std::move(damaged)},
               {"checks", checks_json(health)},
               {"batches", health.counts.batches},
               {"rows", health.counts.rows},
               {"names", health.counts.names},
               {"runs", health.counts.runs},
               {"sources", health.sources},
               {"unfinished_sources", health.unfinished},
               {"snapshots", health.snapshots},
               {"first_day", day_json(&DayWindow::first)},
               {"last_day", day_json(&DayWindow::last)}});
}

void print_health(const Health& health) {
  print_facts(
      {{"batches", thousands(health.counts.batches)},
       {"rows", fmt::format("about {}", thousands(health.counts.rows))},
       {"names", fmt::format("about {}", thousands(health.counts.names))},
       {"sources", fmt::format("{}, {} not read to the end", thousands(health.sources), thousands(health.unfinished))},
       {"runs", thousands(health.counts.runs)},
       {"snapshots", thousands(health.snapshots)},
       {"days", health.days ? fmt::format("{} to {}", format_day(health.days->first), format_day(health.days->last))
                            : "none"}});
  for (const Damage& damage : health.damage) {
    const auto invariant = std::ranges::find(health.invariants, damage.invariant, &Invariant::name);
    print_line(styled(fmt::format("damaged: not so: {}.", invariant->says), Style::red));
    for (const std::string& line : lines_of(damage)) print_line("  " + escaped(line));
    print_line(fmt::format("  {}", invariant->advice));
  }
  if (health.damage.empty())
    print_line(styled(fmt::format("Every block was read; all checksums are right, and all of {} checks hold.",
                                  health.invariants.size()),
                      Style::green));
}

int examine(const Globals& globals) {
  const StorePlace place = parse_place(globals.db);
  const auto path = place.snapshot.empty() ? place.store : snapshot_path(place.store, place.snapshot);
  const HealthCheck checks[] = {
      {{"tokens", "Every token of the server can be read, is as it was written, and its file is its owner's alone",
        "Take 'server/tokens.jsonl' away and make the tokens again ('ringscope token add')."},
       [](const std::filesystem::path& store) { (void)server::read_tokens(store); }}};
  const Health health = ringscope::examine(path, {}, checks);
  if (globals.json) {
    print_line(health_json(health));
  } else {
    print_health(health);
  }
  return health.damage.empty() ? 0 : kDamaged;
}

Json losses_json(const Repair& repair) {
  Json lost = Json::array();
  for (const Loss& one : repair.lost) lost.push_back({{"part", one.part}, {"entries", one.count}, {"what", one.what}});
  return lost;
}

int repair(const Globals& globals, const std::filesystem::path& out) {
  const StorePlace place = parse_place(globals.db);
  const auto path = place.snapshot.empty() ? place.store : snapshot_path(place.store, place.snapshot);
  const Repair made = repair_store(path, out, {});
  const Health health = ringscope::examine(out, {});
  const auto unsound = std::ranges::find_if(health.damage, [](const Damage& damage) {  // what is beside was copied
    return std::ranges::find(beside_invariants(), damage.invariant, &Invariant::name) == beside_invariants().end();
  });
  if (unsound != health.damage.end())
    throw Error(ErrorCode::internal, "what was saved is not sound: " + lines_of(*unsound).front(), out.string());
  if (globals.json) {
    print_line(dump(
        {{"schema", "ringscope.repair/1"}, {"out", out.string()}, {"saved", made.saved}, {"lost", losses_json(made)}}));
  } else {
    print_line(fmt::format("Saved {} into {}, which is sound.", count_of(made.saved, "entry", "entries"),
                           escaped(out.string())));
    for (const Loss& one : made.lost)
      print_line(
          styled(fmt::format("lost: {}{}: {}", escaped(one.part),
                             one.count == 0 ? "" : fmt::format(" ({})", thousands(one.count)), escaped(one.what)),
                 Style::yellow));
    if (made.lost.empty()) print_line(styled("Nothing was lost.", Style::green));
  }
  return made.lost.empty() ? 0 : kSomeLost;
}

}  // namespace

std::function<int()> setup_doctor(CLI::App& app, const Globals& globals) {
  const auto options = std::make_shared<Options>();
  app.add_option("--repair", options->repair, "Save what is whole into a new store here, and list what is lost");
  app.footer(
      "Exit status 1: something is damaged; with --repair 3: something was lost. docs/reliability.md: what is checked, "
      "what is saved.");
  return [options, &globals] { return options->repair.empty() ? examine(globals) : repair(globals, options->repair); };
}

}  // namespace ringscope::cli
