#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "cli/commands.h"
#include "cli/terminal.h"
#include "cli/text.h"
#include "engine/ask/snapshots.h"
#include "storage/store.h"

namespace ringscope::cli {
namespace {

using Json = nlohmann::ordered_json;

constexpr int kDamaged = 1;

struct Diagnosis {
  std::vector<std::string> damaged;
  Store::Counts counts;
  std::optional<DayWindow> days;
  std::uint64_t sources = 0;
  std::uint64_t unfinished = 0;  // sources not read to their end
  std::uint64_t snapshots = 0;
};

Diagnosis diagnose(const Store& store) {
  Diagnosis diagnosis;
  diagnosis.damaged = store.verify();
  diagnosis.counts = store.counts();
  diagnosis.days = store.day_range();
  for (const SourcePosition& position : store.positions()) {
    ++diagnosis.sources;
    if (!position.complete) ++diagnosis.unfinished;
  }
  for (const std::string& name : snapshot_names(store.path())) {
    ++diagnosis.snapshots;
    const std::vector<std::string> wrong = verify_snapshot(store.path(), name);
    diagnosis.damaged.insert(diagnosis.damaged.end(), wrong.begin(), wrong.end());
  }
  return diagnosis;
}

std::string diagnosis_json(const Diagnosis& diagnosis) {
  const auto day_json = [&](Day DayWindow::*day) {
    return diagnosis.days ? Json(format_day((*diagnosis.days).*day)) : Json(nullptr);
  };
  const Json json = {{"schema", "ringscope.doctor/1"},
                     {"healthy", diagnosis.damaged.empty()},
                     {"damaged", diagnosis.damaged},
                     {"batches", diagnosis.counts.batches},
                     {"rows", diagnosis.counts.rows},
                     {"names", diagnosis.counts.names},
                     {"runs", diagnosis.counts.runs},
                     {"sources", diagnosis.sources},
                     {"unfinished_sources", diagnosis.unfinished},
                     {"snapshots", diagnosis.snapshots},
                     {"first_day", day_json(&DayWindow::first)},
                     {"last_day", day_json(&DayWindow::last)}};
  return json.dump(-1, ' ', false, Json::error_handler_t::replace);
}

void print_diagnosis(const Diagnosis& diagnosis) {
  print_facts({{"batches", thousands(diagnosis.counts.batches)},
               {"rows", fmt::format("about {}", thousands(diagnosis.counts.rows))},
               {"names", fmt::format("about {}", thousands(diagnosis.counts.names))},
               {"sources", fmt::format("{}, {} not read to the end", thousands(diagnosis.sources),
                                       thousands(diagnosis.unfinished))},
               {"runs", thousands(diagnosis.counts.runs)},
               {"snapshots", thousands(diagnosis.snapshots)},
               {"days", diagnosis.days ? fmt::format("{} to {}", format_day(diagnosis.days->first),
                                                     format_day(diagnosis.days->last))
                                       : "none"}});
  for (const std::string& damage : diagnosis.damaged) print_line(styled("damaged: " + escaped(damage), Style::red));
  if (diagnosis.damaged.empty()) {
    print_line(styled("Every block was read; all checksums are right.", Style::green));
  } else {
    print_line("Restore the store from a copy, or ingest the log into a new one.");
  }
}

int run(const Globals& globals) {
  const auto store = open_store(globals, OpenMode::read_only);
  const Diagnosis diagnosis = diagnose(*store);
  if (globals.json) {
    print_line(diagnosis_json(diagnosis));
  } else {
    print_diagnosis(diagnosis);
  }
  return diagnosis.damaged.empty() ? 0 : kDamaged;
}

}  // namespace

std::function<int()> setup_doctor(CLI::App&, const Globals& globals) {
  return [&globals] { return run(globals); };
}

}  // namespace ringscope::cli
