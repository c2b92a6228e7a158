#include "engine/detect/detect.h"

#include <fmt/format.h>
#include <spdlog/spdlog.h>

#include "cli/commands.h"
#include "cli/detect_window.h"
#include "cli/progress.h"
#include "cli/terminal.h"
#include "cli/text.h"
#include "engine/detect/ring/ring_json.h"

namespace ringscope::cli {
namespace {

struct Options {
  WindowOptions window;
  bool incremental = false;
  bool full = false;
};

Config config_of(const Globals& globals, const Options& options) {
  Config config = globals.config();
  apply(options.window, config.detect);
  return config;
}

std::string tier_counts(const std::vector<Ring>& rings) {
  std::string text;
  for (const Tier tier : {Tier::ban, Tier::review, Tier::watch}) {
    std::uint64_t count = 0;
    std::uint64_t accounts = 0;
    for (const Ring& ring : rings) {
      if (ring.tier != tier) continue;
      ++count;
      accounts += ring.members.size();
    }
    if (!text.empty()) text += ", ";
    text += fmt::format("{} {} ({})", thousands(count), to_string(tier), count_of(accounts, "account", "accounts"));
  }
  return text;
}

std::string window_text(const DayWindow& window) {
  const DayWindow all;
  if (window == all) return "everything";
  if (window.first == all.first) return "up to " + format_day(window.last);
  return fmt::format("{} to {}", format_day(window.first), format_day(window.last));
}

std::string mode_text(const Renewal& renewal) {
  if (renewal.base == 0) return renewal.reason.empty() ? "a full run" : "a full run: " + renewal.reason;
  return fmt::format("what changed since run {}: {}, {} judged again", renewal.base,
                     count_of(renewal.touched, "account", "accounts"), count_of(renewal.rejudged, "ring", "rings"));
}

void print_summary(const Detection& detection) {
  const RunSummary& run = detection.summary;
  print_line(styled(fmt::format("Run {}: {} of {}", run.run, count_of(run.rings, "ring", "rings"),
                                count_of(run.accounts, "account", "accounts")),
                    Style::bold));
  print_facts(
      {{"tiers", tier_counts(detection.rings)},
       {"window", window_text(run.window)},
       {"looked at",
        fmt::format("{}, {}, {} between them", count_of(run.population_accounts, "account", "accounts"),
                    count_of(run.population_entities, "entity", "entities"), count_of(run.edges, "edge", "edges"))},
       {"links", fmt::format("{} that chance cannot explain", count_of(run.links, "pair", "pairs"))},
       {"looked again at", mode_text(run.renewal)},
       {"took", fmt::format("{}, at most {} of memory", duration_text(run.seconds), bytes_text(run.peak_bytes))},
       {"digest", run.digest}});
  if (run.rings > 0) print_line("\n'ringscope rings' lists them.");
}

DetectMode mode_of(const Options& options) {
  if (!options.incremental) return DetectMode::once;
  return options.full ? DetectMode::full : DetectMode::automatic;
}

// A store that lost keys, as one restored from a backup that is older than what was let go.
void warn_of_shredded(const Store& store) {
  if (const auto vault = store.count_vault(); vault.shredded > 0)
    spdlog::warn("{} of {} cannot be opened any more: networks, systems and lists say nothing of them",
                 thousands(vault.shredded), count_of(vault.rows, "sealed value", "sealed values"));
}

int run(const Globals& globals, const Options& options) {
  const Config config = config_of(globals, options);
  const auto store = open_store(globals, OpenMode::write);
  warn_of_shredded(*store);
  DetectProgress counters;
  const Detection detection = [&] {
    const Progress progress(globals, [&](double seconds) { return progress_line(counters, seconds); });
    return detect(*store, config, counters, mode_of(options));
  }();
  if (globals.json) {
    print_line(run_to_json(detection.summary));
  } else {
    print_summary(detection);
  }
  return 0;
}

}  // namespace

std::function<int()> setup_detect(CLI::App& app, const Globals& globals) {
  const auto options = std::make_shared<Options>();
  add_window_options(app, options->window);
  app.add_flag("--incremental", options->incremental,
               "Only what changed since the last run with this option, while that is little; else a full run");
  app.add_flag("--full", options->full, "A full run in any case; with --incremental, later ones start from it");
  return [options, &globals] { return run(globals, *options); };
}

}  // namespace ringscope::cli
