#include "engine/ask/plan.h"

#include <fmt/format.h>

#include "cli/commands.h"
#include "cli/detect_window.h"
#include "cli/terminal.h"
#include "cli/text.h"

namespace ringscope::cli {
namespace {

const char* explained(Treatment treatment) {
  switch (treatment) {
    case Treatment::alone:
      return "no pair; facets and habits only";
    case Treatment::paired:
      return "every pair is tested";
    case Treatment::hub:
      return "hub: counted, never enumerated";
  }
  return "";
}

void print_kinds(const Plan& plan) {
  print_heading("Kinds");
  Table table({{.title = "kind"},
               {.title = "entities", .align = Align::right},
               {.title = "edges", .align = Align::right},
               {.title = "most accounts on one", .align = Align::right}});
  for (const PlannedKind& kind : plan.kinds)
    table.add({{kind.name}, {thousands(kind.entities)}, {thousands(kind.edges)}, {thousands(kind.most)}});
  table.print();
}

void print_bands(const Plan& plan) {
  print_heading("Entities by number of accounts");
  Table table({{.title = "accounts", .align = Align::right},
               {.title = "entities", .align = Align::right},
               {.title = "edges", .align = Align::right},
               {.title = "pairs", .align = Align::right},
               {.title = "what becomes of them"}});
  for (const DegreeBand& band : plan.bands) {
    const std::string accounts = band.least == band.most
                                     ? thousands(band.least)
                                     : fmt::format("{} to {}", thousands(band.least), thousands(band.most));
    table.add({{accounts},
               {thousands(band.entities)},
               {thousands(band.edges)},
               {thousands(band.pairs)},
               {explained(band.treatment)}});
  }
  table.print();
}

void print_stages(const Plan& plan) {
  print_heading("Stages of 'ringscope detect'");
  Table table(
      {{.title = "stage"}, {.title = "about", .align = Align::right}, {.title = "memory", .align = Align::right}});
  for (const StageCost& stage : plan.stages)
    table.add({{stage.name}, {duration_text(stage.seconds)}, {bytes_text(stage.bytes)}});
  table.print();
  print_line(fmt::format("\nAbout {} in all, with {} of memory; --memory allows {}.", duration_text(plan.seconds),
                         bytes_text(plan.peak_bytes), bytes_text(plan.memory_bytes)));
  if (plan.peak_bytes > plan.memory_bytes)
    print_line(styled("That is too little: detect will refuse. Raise --memory or narrow --window.", Style::red));
}

int run(const Globals& globals, const WindowOptions& options) {
  Config config = globals.config();
  apply(options, config.detect);
  const auto store = open_store(globals, OpenMode::read_only);
  const Plan planned = plan(*store, config);
  if (globals.json) {
    print_line(plan_to_json(planned));
    return 0;
  }
  print_line(styled(
      fmt::format("{}, {}, {} between them, {} to be tested", count_of(planned.size.accounts, "account", "accounts"),
                  count_of(planned.entities, "entity", "entities"), count_of(planned.size.edges, "edge", "edges"),
                  count_of(planned.size.pairs, "pair", "pairs")),
      Style::bold));
  print_kinds(planned);
  print_bands(planned);
  print_stages(planned);
  return 0;
}

}  // namespace

std::function<int()> setup_plan(CLI::App& app, const Globals& globals) {
  const auto options = std::make_shared<WindowOptions>();
  add_window_options(app, *options);
  return [options, &globals] { return run(globals, *options); };
}

}  // namespace ringscope::cli
