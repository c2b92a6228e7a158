#include <algorithm>

#include <fmt/format.h>

#include "base/error.h"
#include "cli/commands.h"
#include "cli/snapshot_export.h"
#include "cli/terminal.h"
#include "cli/text.h"
#include "engine/ask/snapshot_diff.h"
#include "engine/ask/snapshots.h"

namespace ringscope::cli {
namespace {

enum class Verb { create, list, drop, diff, exports };

struct Options {
  Verb verb = Verb::list;
  std::string name;
  std::string before;
  std::string after;
  std::size_t limit = 20;
  bool verify = false;
  SnapshotExport exported;
};

// -- create

int create(const Globals& globals, const Options& options) {
  check_snapshot_name(options.name);
  const SnapshotManifest made =
      take_snapshot(open_store(globals, OpenMode::write), options.name, globals.config(), RINGSCOPE_VERSION);
  if (globals.json) {
    print_line(manifest_to_json(made));
  } else {
    print_line(fmt::format("Snapshot {}: {}, {}, run {}. Read it with --db {}@{}.", styled(made.name, Style::bold),
                           count_of(made.accounts, "account", "accounts"),
                           count_of(made.entities, "entity", "entities"), made.run, escaped(globals.db.string()),
                           made.name));
  }
  return 0;
}

// -- list

void print_manifests(const std::vector<SnapshotManifest>& manifests) {
  if (manifests.empty()) {
    print_line("No snapshots. 'ringscope snapshot create NAME' makes one.");
    return;
  }
  Table table({{"name", Align::left, 8},
               {"made"},
               {"accounts", Align::right},
               {"entities", Align::right},
               {"rings", Align::right},
               {"run", Align::right},
               {"last day"},
               {"sha256", Align::left, 8}});
  for (const SnapshotManifest& one : manifests) {
    table.add({{one.name, Style::bold},
               {format_time(one.created)},
               {thousands(one.accounts)},
               {thousands(one.entities)},
               {thousands(one.rings)},
               {std::to_string(one.run)},
               {one.days ? format_day(one.days->last) : "-"},
               {one.content.sha256}});
  }
  table.print();
}

int list(const Globals& globals, const Options& options) {
  std::vector<SnapshotManifest> manifests;
  std::vector<std::string> wrong;
  (void)open_store(globals, OpenMode::read_only);  // says so when there is no store
  if (options.verify) {
    for (const std::string& name : snapshot_names(globals.db)) {
      const std::vector<std::string> found = verify_snapshot(globals.db, name);
      if (found.empty()) manifests.push_back(manifest_from_json(snapshot_manifest(globals.db, name)));
      wrong.insert(wrong.end(), found.begin(), found.end());
    }
  } else {
    manifests = list_snapshots(globals.db);
  }
  if (globals.json) {
    for (const SnapshotManifest& one : manifests) print_line(manifest_to_json(one));
  } else {
    print_manifests(manifests);
    if (options.verify && wrong.empty())
      print_line(styled("Every snapshot was read; each is what its manifest says.", Style::green));
  }
  if (wrong.empty()) return 0;
  throw Error(ErrorCode::corrupt, fmt::format("{}", fmt::join(wrong, "; ")));
}

// -- drop

int drop(const Globals& globals, const Options& options) {
  drop_snapshot(globals.db, options.name);
  if (globals.json) {
    print_line(fmt::format(R"({{"schema":"ringscope.snapshot-drop/1","name":"{}"}})", options.name));
  } else {
    print_line(fmt::format("Snapshot {} dropped.", options.name));
  }
  return 0;
}

// -- diff

void print_counts(const SnapshotDiff& diff) {
  Table table({{""}, {"came", Align::right}, {"went", Align::right}, {"changed", Align::right}});
  const auto add = [&](const std::string& what, const ChangeCounts& counts) {
    table.add({{what}, {thousands(counts.came)}, {thousands(counts.went)}, {thousands(counts.changed)}});
  };
  add("accounts", diff.accounts);
  for (const auto& [kind, counts] : diff.entities) add("entities, " + kind, counts);
  for (const auto& [kind, counts] : diff.edges) add("edges, " + kind, counts);
  add("rings", diff.rings);
  table.print();
}

std::string state_text(const RingState& state) {
  if (state.size == 0) return "-";
  return fmt::format("{}, {}", to_string(state.tier), count_of(state.size, "account", "accounts"));
}

void print_diff(const SnapshotDiff& diff) {
  print_counts(diff);
  if (!diff.ring_list.empty()) {
    print_heading("Rings");
    Table table({{"ring"}, {""}, {"before"}, {"after"}, {"joined", Align::right}, {"left", Align::right}});
    for (const RingDifference& one : diff.ring_list) {
      table.add({{one.ring, Style::bold},
                 {to_string(one.change)},
                 {state_text(one.before)},
                 {state_text(one.after)},
                 {thousands(one.joined)},
                 {thousands(one.left)}});
    }
    table.print();
  }
  if (diff.account_list.empty()) return;
  print_heading("Accounts");
  for (const AccountChange& one : diff.account_list)
    print_line(fmt::format("{:<8} {}", to_string(one.change), escaped(one.account)));
}

std::unique_ptr<Store> open_state(const Globals& globals, const std::string& name) {
  if (name != kLiveStore) (void)snapshot_manifest(globals.db, name);  // says so when there is none
  Globals of = globals;
  if (name != kLiveStore) of.db = snapshot_path(globals.db, name);
  return open_store(of, OpenMode::read_only);
}

int diff(const Globals& globals, const Options& options) {
  const auto before = open_state(globals, options.before);
  const auto after = open_state(globals, options.after);
  const SnapshotDiff found = compare_stores(*before, *after, options.limit);
  if (globals.json) {
    print_line(diff_to_json(options.before, options.after, found));
  } else {
    print_diff(found);
  }
  return 0;
}

int run(const Globals& globals, const Options& options) {
  switch (options.verb) {
    case Verb::create:
      return create(globals, options);
    case Verb::drop:
      return drop(globals, options);
    case Verb::diff:
      return diff(globals, options);
    case Verb::exports:
      return export_snapshot(globals, options.exported);
    case Verb::list:
      break;
  }
  return list(globals, options);
}

}  // namespace

std::function<int()> setup_snapshot(CLI::App& app, const Globals& globals) {
  const auto options = std::make_shared<Options>();
  app.require_subcommand(1);
  app.get_formatter()->label("SUBCOMMAND", "VERB");
  const auto verb = [&](const char* name, const char* summary, Verb which) {
    CLI::App* const one = app.add_subcommand(name, summary);
    one->callback([options, which] { options->verb = which; });
    return one;
  };
  CLI::App* const creates = verb("create", "Keep the store as it is now, under a name", Verb::create);
  creates->add_option("NAME", options->name, "1 to 64 letters, digits and . _ -")->required();
  creates->footer(
      "Read it with --db DB@NAME. Exit status 4: another process is writing to the store, or the name is taken.");
  CLI::App* const lists = verb("list", "Print all snapshots", Verb::list);
  lists->add_flag("--verify", options->verify, "Read each and compare it with its manifest");
  CLI::App* const drops = verb("drop", "Remove a snapshot", Verb::drop);
  drops->add_option("NAME", options->name, "Its name")->required();
  CLI::App* const diffs = verb("diff", "What came, went and changed between two", Verb::diff);
  diffs->add_option("BEFORE", options->before, "A snapshot, or live: the store itself")->required();
  diffs->add_option("AFTER", options->after, "A snapshot, or live")->required();
  diffs->add_option("--limit", options->limit, "Accounts and rings to list")->capture_default_str();
  add_snapshot_export(*verb("export", "Write one as a graph, or as a release to give away", Verb::exports),
                      options->exported);
  return [options, &globals] { return run(globals, *options); };
}

}  // namespace ringscope::cli
