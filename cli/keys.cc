#include <fmt/format.h>

#include "base/error.h"
#include "cli/commands.h"
#include "cli/terminal.h"
#include "cli/text.h"
#include "cli/verbs.h"
#include "engine/json.h"
#include "engine/ledger/rekey.h"
#include "storage/value_keys.h"

namespace ringscope::cli {
namespace {

struct Options {
  std::string file;
  std::vector<std::string> kinds = {"payment"};
  std::vector<std::string> sealed;
  bool any_kinds = false;  // --kinds was given
};

int create(const Globals&, const Options& options) {
  ValueKeys::create(options.file);
  print_line(
      fmt::format("{} holds a new key. Keep a copy where the store's copies are not: without it nobody can say "
                  "again what is stored of a value.",
                  options.file));
  return 0;
}

int report(const Globals& globals, const Rekeyed& done) {
  if (globals.json) {
    const Json json = {{"schema", "ringscope.rekey/1"}, {"generation", done.generation},
                       {"values", done.values},         {"rows", done.rows},
                       {"records", done.records},       {"rejected_lines", done.rejected_lines},
                       {"snapshots", done.snapshots}};
    print_line(json.dump());
    return 0;
  }
  print_line(fmt::format("Stored under key {} now; rewritten: {}, {}, {}.", done.generation,
                         count_of(done.values, "value", "values"), count_of(done.rows, "row", "rows"),
                         count_of(done.records, "record", "records")));
  if (done.rejected_lines > 0)
    print_line(fmt::format("The text of {} went.", count_of(done.rejected_lines, "rejected line", "rejected lines")));
  if (!done.snapshots.empty()) {
    print_line(fmt::format("{} still {} values as they came; 'ringscope snapshot drop NAME' removes one: {}.",
                           count_of(done.snapshots.size(), "snapshot", "snapshots"),
                           done.snapshots.size() == 1 ? "holds" : "hold", fmt::join(done.snapshots, ", ")));
  }
  if (done.values > 0) print_line("'score' finds these values again after the next 'ringscope detect'.");
  return 0;
}

int enable(const Globals& globals, const Options& options) {
  const bool only_sealed = !options.sealed.empty() && !options.any_kinds;
  const KeyedChoice choice{only_sealed ? std::vector<std::string>() : options.kinds, options.sealed};
  return report(globals, enable_keys(globals.db, globals.config().store_memory(), options.file, choice));
}

int rotate(const Globals& globals, const Options&) {
  return report(globals, rotate_keys(globals.db, globals.config().store_memory()));
}

int list(const Globals& globals, const Options&) {
  const auto store = open_store(globals, OpenMode::read_only);
  const auto keyed = store->keyed();
  const std::string day_key_file = keyed && !keyed->sealed.empty() ? store->day_key_file().string() : "";
  if (globals.json) {
    const Json json = {{"schema", "ringscope.keys/1"},
                       {"generation", keyed ? keyed->generation : std::size_t{0}},
                       {"key_file", keyed ? Json(keyed->key_file) : Json(nullptr)},
                       {"key_id", keyed ? Json(keyed->key_id) : Json(nullptr)},
                       {"kinds", keyed ? keyed->kinds : std::vector<std::string>()},
                       {"sealed", keyed ? keyed->sealed : std::vector<std::string>()},
                       {"day_key_file", day_key_file.empty() ? Json(nullptr) : Json(day_key_file)}};
    print_line(json.dump());
    return 0;
  }
  if (!keyed) {
    print_line("Values of all kinds are stored as they came.");
  } else {
    print_line(fmt::format("Stored keyed, under key {} ({}): {}.", keyed->generation, keyed->key_id,
                           fmt::join(keyed->kinds, ", ")));
    if (!keyed->sealed.empty())
      print_line(
          fmt::format("Of them sealed, under keys of days in {}: {}.", day_key_file, fmt::join(keyed->sealed, ", ")));
  }
  return 0;
}

}  // namespace

std::function<int()> setup_keys(CLI::App& app, const Globals& globals) {
  const Verbs<Options> options(app);
  options.add("create", "Make a file with one secret key, for its owner only", create)
      ->add_option("FILE", options->file, "The new file")
      ->required();
  CLI::App* const make =
      options.add("enable", "Store kinds keyed from now on, and what there is of them as well", enable);
  make->add_option("FILE", options->file, "The key file")->required()->check(CLI::ExistingFile);
  make->add_option("--kinds", options->kinds, "Kinds of things, comma-separated; with --seal alone none")
      ->delimiter(',')
      ->capture_default_str()
      ->each([options = options.operator->()](const std::string&) { options->any_kinds = true; });
  make->add_option("--seal", options->sealed,
                   "Kinds to keep keyed, and beside that encrypted under a key of each day, comma-separated")
      ->delimiter(',');
  options.add("rotate", "Add a key to the file and take the store to it", rotate);
  options.add("list", "Which kinds the store keeps keyed", list);
  return options.runner(globals);
}

}  // namespace ringscope::cli
