#include "engine/lab/simulate.h"

#include <fmt/format.h>

#include "cli/commands.h"
#include "cli/terminal.h"
#include "cli/text.h"
#include "engine/json.h"

namespace ringscope::cli {
namespace {

struct Options {
  SimulateOptions simulate;
  bool no_rings = false;
};

std::string report_json(const SimulateReport& report, const std::filesystem::path& out) {
  const Json json = {
      {"schema", "ringscope.simulate/1"},      {"out", out.string()},         {"accounts", report.accounts},
      {"ring_accounts", report.ring_accounts}, {"requests", report.requests}, {"rings", report.rings},
      {"honest_groups", report.honest_groups}, {"bytes", report.bytes},       {"seconds", report.seconds}};
  return json.dump(-1, ' ', false, Json::error_handler_t::replace);
}

int run(const Globals& globals, const Options& options) {
  SimulateOptions simulation = options.simulate;
  simulation.rings = !options.no_rings;
  simulation.threads = globals.config().threads;
  const SimulateReport report = simulate(simulation);
  if (globals.json) {
    print_line(report_json(report, simulation.out));
    return 0;
  }
  print_line(
      fmt::format("{} of {} ({} of them in {}, beside {}) in {}", count_of(report.requests, "request", "requests"),
                  count_of(report.accounts, "account", "accounts"), thousands(report.ring_accounts),
                  count_of(report.rings, "ring", "rings"),
                  count_of(report.honest_groups, "honest group", "honest groups"), duration_text(report.seconds)));
  print_line(fmt::format("{} in {}", bytes_text(report.bytes), escaped(simulation.out.string())));
  return 0;
}

}  // namespace

std::function<int()> setup_simulate(CLI::App& app, const Globals& globals) {
  const auto options = std::make_shared<Options>();
  SimulateOptions& simulation = options->simulate;
  app.add_option("--out", simulation.out, "Directory for events, truth and indicators")->required();
  app.add_option("--seed", simulation.seed, "Another seed, another world")
      ->check(CLI::NonNegativeNumber)
      ->capture_default_str();
  app.add_option("--accounts", simulation.accounts, "Accounts, honest and in rings")
      ->check(CLI::PositiveNumber)
      ->capture_default_str();
  app.add_option("--requests", simulation.requests, "Requests of all of them")
      ->check(CLI::PositiveNumber)
      ->capture_default_str();
  app.add_option("--ring-share", simulation.ring_share, "Share of the accounts that is in rings")
      ->check(CLI::Range(0.0, 1.0))
      ->capture_default_str();
  app.add_option("--ring-requests", simulation.ring_requests,
                 "Of all requests, those of the rings; default: what their kinds make, at most 45%")
      ->check(CLI::PositiveNumber);
  app.add_option("--hardness", simulation.hardness,
                 "0: rings share everything in the open; 1: they buy everything fresh")
      ->check(CLI::Range(0.0, 1.0))
      ->capture_default_str();
  app.add_option("--days", simulation.days, "Length of the log")->check(CLI::Range(1, 3660))->capture_default_str();
  app.add_option("--start", simulation.start, "First day")->capture_default_str();
  app.add_option("--ring-kinds", simulation.ring_kinds,
                 "Plant only these kinds of rings, comma-separated; default: all but aged, bare, plain and tiny")
      ->delimiter(',');
  app.add_option("--crowds", simulation.crowds,
                 "Plant these honest crowds as well, comma-separated: agency, cafe, term")
      ->delimiter(',');
  app.add_option("--other-purpose", simulation.other_purpose,
                 "Share of the rings that resell access or farm content, and extract no model")
      ->check(CLI::Range(0.0, 1.0))
      ->capture_default_str();
  app.add_option("--failovers", simulation.failovers,
                 "Pools, beside the ring share, that are banned in a wave and whose traffic moves to another pool")
      ->capture_default_str();
  app.add_flag("--no-rings", options->no_rings, "A world without any ring");
  app.add_option("--format", simulation.format, "Of the events")
      ->check(CLI::IsMember(std::vector<std::string>{"jsonl", "csv"}))
      ->capture_default_str();
  return [options, &globals] { return run(globals, *options); };
}

}  // namespace ringscope::cli
