#include "cli/import_run.h"

#include <fmt/format.h>
#include <spdlog/spdlog.h>

#include "cli/terminal.h"
#include "cli/text.h"
#include "engine/import/import_run.h"
#include "engine/json.h"
#include "storage/snapshots.h"

namespace ringscope::cli {
namespace {

struct Options {
  std::filesystem::path run;
  ImportOptions import;
};

const char* to_string(ImportOutcome outcome) {
  switch (outcome) {
    case ImportOutcome::copied:
      return "copied";
    case ImportOutcome::published:
      return "published";
    case ImportOutcome::known:
      break;
  }
  return "known";
}

Json report_json(const ImportReport& report) {
  Json events = Json::object();
  for (const auto& [change, count] : report.events) events[ringscope::to_string(change)] = count;
  return {{"schema", "ringscope.import-run/1"}, {"outcome", to_string(report.outcome)},
          {"run", report.summary.run},          {"digest", report.summary.digest},
          {"rings", report.summary.rings},      {"accounts", report.summary.accounts},
          {"sources", report.sources},          {"accounts_with_rows", report.accounts},
          {"unseen_sources", report.unseen},    {"collisions", report.collisions},
          {"events", std::move(events)}};
}

std::string rings_text(const ImportReport& report) {
  return fmt::format("{} with {}", count_of(report.summary.rings, "ring", "rings"),
                     count_of(report.summary.accounts, "account", "accounts"));
}

std::string events_text(const ImportReport& report) {
  std::string text;
  for (const auto& [change, count] : report.events)
    text += fmt::format("{}{} {}", text.empty() ? "" : ", ", thousands(count), ringscope::to_string(change));
  return text.empty() ? "No ring changed." : fmt::format("Rings that changed: {}.", text);
}

void print_report(const Globals& globals, const ImportReport& report) {
  const std::string store = escaped(globals.db.string());
  if (report.outcome == ImportOutcome::known) {
    print_line(fmt::format("{} has this run already, as run {}: nothing was done.", store, report.summary.run));
    return;
  }
  if (report.outcome == ImportOutcome::copied) {
    print_line(
        fmt::format("{} is the store of the run now: run {}, {}.", store, report.summary.run, rings_text(report)));
    return;
  }
  print_line(fmt::format("Run {} of {}: {}.", report.summary.run, store, rings_text(report)));
  print_line(fmt::format("Taken in: {} with rows of {}.", count_of(report.sources, "source", "sources"),
                         count_of(report.accounts, "account", "accounts")));
  print_line(events_text(report));
}

ImportReport import(const Globals& globals, const Options& options) {
  const StorePlace place = parse_place(globals.db);
  if (place.snapshot.empty() && !std::filesystem::exists(place.store / "CURRENT"))
    return copy_run(options.run, globals.db);
  return import_run(*open_store(globals, OpenMode::write), options.run, options.import);
}

int run(const Globals& globals, const Options& options) {
  const ImportReport report = import(globals, options);
  if (report.unseen > 0)
    spdlog::warn("the store holds {} that the run did not see; detect here to have them in the rings",
                 count_of(report.unseen, "source", "sources"));
  if (report.collisions > 0)
    spdlog::warn("{} have the key of another value, which stays; the store treats them as one",
                 count_of(report.collisions, "name", "names"));
  if (globals.json) {
    print_line(report_json(report).dump());
  } else {
    print_report(globals, report);
  }
  return 0;
}

}  // namespace

std::function<int()> setup_import_run(CLI::App& app, const Globals& globals) {
  const auto options = std::make_shared<Options>();
  app.add_option("DIR", options->run, "What 'ringscope-spark detect --keep-store' wrote, at a local path")->required();
  app.add_flag("--force", options->import.force,
               "Although the store holds sources that the run did not see, or let days go that it saw");
  app.footer(
      "Where no store is at --db, it becomes the one that the run kept. Into a store comes what that one ingested and\n"
      "it did not, and the run as its next one: its rings keep their ids, verdicts outrank, the feed tells what\n"
      "changed; all of it or nothing. A run that is there already does nothing.\n"
      "Exit status 4: refused, nothing was written.");
  return [options, &globals] { return run(globals, *options); };
}

}  // namespace ringscope::cli
