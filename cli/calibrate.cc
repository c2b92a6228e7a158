#include "engine/lab/calibrate.h"

#include <cmath>

#include <fmt/format.h>

#include "cli/commands.h"
#include "cli/output_file.h"
#include "cli/progress.h"
#include "cli/terminal.h"
#include "cli/text.h"
#include "engine/lab/null_check.h"

namespace ringscope::cli {
namespace {

constexpr double kBitsPerRow = 2;  // of the table of p-values

struct Options {
  CalibrateOptions calibrate;
  std::uint32_t null_shuffles = 0;  // 0: rings are injected
  std::filesystem::path out;
};

std::string joined(const std::vector<std::string>& words) { return fmt::format("{}", fmt::join(words, ", ")); }

std::string estimate_text(const Estimate& estimate, int digits) {
  if (!estimate.known) return "-";
  return fmt::format("{} ({}-{})", decimal(estimate.mean, digits), decimal(estimate.low, digits),
                     decimal(estimate.high, digits));
}

void print_cells(const Calibration& calibration) {
  Table table({{"kind"},
               {"hardness", Align::right},
               {"flagged as"},
               {"recall", Align::right},
               {"precision", Align::right},
               {"false discovery", Align::right},
               {"twins flagged", Align::right},
               {"raised", Align::right},
               {"drawn in", Align::right},
               {"lowered", Align::right}});
  for (const CalibrationCell& cell : calibration.cells) {
    table.add({{cell.kind},
               {decimal(cell.hardness, 2)},
               {fmt::format("{}", fmt::join(cell.tiers, "+"))},
               {estimate_text(cell.recall, 2)},
               {estimate_text(cell.precision, 2)},
               {estimate_text(cell.false_discovery, 2)},
               {estimate_text(cell.twin_rate, 2)},
               {estimate_text(cell.raised, 1)},
               {decimal(cell.drawn_in.mean, 1)},
               {decimal(cell.lowered.mean, 1)}});
  }
  table.print();
}

void print_report(const Calibration& calibration, const Options& options) {
  print_facts({{"hidden among", fmt::format("{}, {} of them at ban or review before",
                                            count_of(calibration.accounts, "account", "accounts"),
                                            thousands(calibration.flagged_before))},
               {"injected", calibration.activity ? "requests" : "sightings alone: the store knows of no requests"},
               {"things", joined(calibration.injected)},
               {"left out", calibration.missing.empty() ? "" : joined(calibration.missing) + ": the store has none"},
               {"each figure", fmt::format("mean of {} of {} accounts and as many honest twins (95% interval)",
                                           count_of(options.calibrate.seeds, "ring", "rings"),
                                           thousands(options.calibrate.ring_size))},
               {"took", duration_text(calibration.seconds)}});
  print_line("");
  print_cells(calibration);
  print_line("");
  print_line(wrapped(
      "Precision and false discovery are of members and twins alone. Accounts of the store, a ring: raised, flagged "
      "now "
      "and not before; drawn in, of these those flagged together with a member; lowered, flagged before and not now.",
      text_columns(), 0));
  print_line(fmt::format("{} has a picture", escaped((options.out / "calibration.svg").string())));
}

void write_files(const Calibration& calibration, const std::filesystem::path& directory) {
  std::string lines;
  for (const CalibrationCell& cell : calibration.cells) lines += calibration_cell_to_json(calibration, cell) + "\n";
  write_file(directory / "calibration.jsonl", lines);
  write_file(directory / "calibration.svg", calibration_to_svg(calibration));
}

void print_rates(const std::vector<NullTrial>& trials) {
  Table table({{"tested"},
               {"with a significant pair", Align::right},
               {"stated", Align::right},
               {"chance of so many", Align::right},
               {"with any pair kept", Align::right},
               {"significant", Align::right},
               {"vouched", Align::right},
               {"attaching", Align::right}});
  for (const NullTrial& trial : trials) {
    table.add({{trial.name},
               {estimate_text(trial.significant_share, 3)},
               {fmt::format("{:g}", trial.alpha)},
               {fmt::format("{:.2g}", trial.chance)},
               {estimate_text(trial.kept_share, 3)},
               {decimal(trial.significant.mean, 2)},
               {decimal(trial.vouched.mean, 2)},
               {decimal(trial.attaching.mean, 2)}});
  }
  table.print();
}

void print_quantiles(const NullTrial& trial) {
  print_line(styled(fmt::format("p-values, {}", trial.name), Style::bold));
  Table table({{"p <=", Align::right},
               {"pairs expected", Align::right},
               {"pairs of a shuffle", Align::right},
               {"ratio", Align::right}});
  for (const NullQuantile& one : trial.quantiles) {
    if (std::fmod(one.bits, kBitsPerRow) != 0) continue;
    table.add({{fmt::format("{:.2g}", std::exp2(-one.bits))},
               {fmt::format("{:.4g}", one.expected)},
               {fmt::format("{:.4g} ({:.4g}-{:.4g})", one.observed.mean, one.observed.low, one.observed.high)},
               {decimal(one.observed.mean / one.expected, 2)}});
  }
  table.print();
  if (trial.excess > 0)
    print_line(fmt::format("largest ratio below p = 2^-{:g}: {} at {:.2g}", kTailBits, decimal(trial.excess, 2),
                           std::exp2(-trial.excess_bits)));
}

void print_null(const std::vector<NullTrial>& trials, const Options& options) {
  print_facts(
      {{"shuffled",
        fmt::format("{} with {} between them, {} times", count_of(trials.front().accounts, "account", "accounts"),
                    count_of(trials.front().edges, "edge", "edges"), thousands(trials.front().shuffles))},
       {"each figure", "a shuffle's mean (95% interval)"}});
  print_line("");
  print_rates(trials);
  for (const NullTrial& trial : trials) {
    print_line("");
    print_quantiles(trial);
  }
  print_line(fmt::format("{} has a picture", escaped((options.out / "null.svg").string())));
}

int run_null(const Globals& globals, const Options& options) {
  const auto store = open_store(globals, OpenMode::read_only);
  CalibrateProgress counters;
  const std::vector<NullTrial> trials = [&] {
    const Progress progress(globals, [&](double seconds) { return progress_line(counters, seconds); });
    return check_null(*store, globals.config(),
                      {.shuffles = options.null_shuffles, .first_seed = options.calibrate.first_seed}, counters);
  }();
  std::filesystem::create_directories(options.out);
  std::string lines;
  for (const NullTrial& trial : trials) lines += null_trial_to_json(trial) + "\n";
  write_file(options.out / "null.jsonl", lines);
  write_file(options.out / "null.svg", null_trials_to_svg(trials));
  if (globals.json) {
    lines.pop_back();
    print_line(lines);
  } else {
    print_null(trials, options);
  }
  return 0;
}

int run(const Globals& globals, const Options& options) {
  if (options.null_shuffles > 0) return run_null(globals, options);
  const auto store = open_store(globals, OpenMode::read_only);
  CalibrateOptions calibration_options = options.calibrate;
  calibration_options.scratch = options.out;
  CalibrateProgress counters;
  const Calibration calibration = [&] {
    const Progress progress(globals, [&](double seconds) { return progress_line(counters, seconds); });
    return calibrate(*store, globals.config(), calibration_options, counters);
  }();
  write_files(calibration, options.out);
  if (!globals.json) print_report(calibration, options);
  for (const CalibrationCell& cell : calibration.cells) {
    if (globals.json) print_line(calibration_cell_to_json(calibration, cell));
  }
  return 0;
}

}  // namespace

std::function<int()> setup_calibrate(CLI::App& app, const Globals& globals) {
  const auto options = std::make_shared<Options>();
  CalibrateOptions& calibration = options->calibrate;
  app.add_option("--out", options->out, "Directory for calibration.svg, calibration.jsonl and temporary copies")
      ->required();
  app.add_option("--kinds", calibration.kinds, "Kinds of rings, comma-separated")
      ->delimiter(',')
      ->capture_default_str();
  app.add_option("--hardness", calibration.hardness, "From 0, everything shared in the open, to 1, all bought fresh")
      ->delimiter(',')
      ->check(CLI::Range(0.0, 1.0))
      ->capture_default_str();
  app.add_option("--seeds", calibration.seeds, "Rings of each kind and hardness, each injected alone")
      ->check(CLI::PositiveNumber)
      ->capture_default_str();
  app.add_option("--first-seed", calibration.first_seed, "Of them")->capture_default_str();
  app.add_option("--ring-size", calibration.ring_size, "Accounts of a ring")
      ->check(CLI::PositiveNumber)
      ->capture_default_str();
  app.add_option("--as", calibration.roles,
                 "ip=KIND, payment=KIND, …: kinds of the store that take the places of the simulator's")
      ->delimiter(',');
  app.add_option(
         "--null", options->null_shuffles,
         "Inject nothing: shuffle the store's own graph so often, all sharing then being chance, and compare what "
         "the pair test keeps with the error rate that it states; into null.svg and null.jsonl")
      ->check(CLI::PositiveNumber);
  app.footer("The store is only read; detection runs on copies, with the settings of --config.");
  return [options, &globals] { return run(globals, *options); };
}

}  // namespace ringscope::cli
