#include "engine/lab/compare_methods.h"

#include <fmt/format.h>

#include "cli/detect_window.h"
#include "cli/research.h"
#include "cli/terminal.h"
#include "cli/text.h"

namespace ringscope::cli {
namespace {

struct Options {
  WindowOptions window;
  CompareMethodsOptions compare;
  std::string measure = "ari", links = "significant";
};

void print_methods(const MethodComparison& comparison, bool truth) {
  std::vector<Column> columns = {{"method"},
                                 {"communities", Align::right},
                                 {"accounts", Align::right},
                                 {"largest", Align::right},
                                 {"modularity", Align::right},
                                 {"inside", Align::right},
                                 {"time", Align::right}};
  if (truth) {
    for (const char* title : {"ARI", "NMI", "B3 p", "B3 r", "B3 F1"}) columns.push_back({title, Align::right});
  }
  Table table(std::move(columns));
  for (const ComparedMethod& one : comparison.methods) {
    std::vector<TableCell> row = {{one.name, Style::bold},
                                  {thousands(one.communities)},
                                  {thousands(one.accounts)},
                                  {thousands(one.largest)},
                                  {decimal(one.modularity, 3)},
                                  {percent(one.inside)},
                                  {fmt::format("{:.3f} s", one.seconds)}};
    if (one.with_truth) {
      const PartitionMatch& match = *one.with_truth;
      for (const double value :
           {match.adjusted_rand, match.mutual_information, match.b3_precision, match.b3_recall, match.b3_f1()})
        row.push_back({decimal(value, 3)});
    }
    table.add(std::move(row));
  }
  table.print();
}

double measured(const PartitionMatch& match, const std::string& measure) {
  return measure == "nmi" ? match.mutual_information : measure == "b3" ? match.b3_f1() : match.adjusted_rand;
}

void print_agreement(const MethodComparison& comparison, const std::string& measure) {
  print_heading(fmt::format("Agreement, {}", measure == "nmi"  ? "normalised mutual information"
                                             : measure == "b3" ? "B-cubed F1"
                                                               : "adjusted Rand index"));
  std::vector<Column> columns = {{""}};
  for (std::size_t i = 0; i < comparison.methods.size(); ++i)
    columns.push_back({fmt::format("{}", i + 1), Align::right});
  Table table(std::move(columns));
  for (std::size_t a = 0; a < comparison.methods.size(); ++a) {
    std::vector<TableCell> row = {{fmt::format("{} {}", a + 1, comparison.methods[a].name)}};
    for (std::size_t b = 0; b < comparison.methods.size(); ++b)
      row.push_back({a == b ? "-" : fmt::format("{:.2f}", measured(comparison.agreement[a][b], measure))});
    table.add(std::move(row));
  }
  table.print();
}

int run(const Globals& globals, const Options& options) {
  Config config = globals.config();
  apply(options.window, config.detect);
  const auto store = open_store(globals, OpenMode::read_only);
  CompareMethodsOptions asked = options.compare;
  if (options.links == "shared") asked.links_by = LinkRule::shared;
  const MethodComparison comparison = compare_methods(*store, config, asked);
  if (globals.json) {
    print_line(methods_to_json(comparison));
    return 0;
  }
  print_methods(comparison, !options.compare.truth.empty());
  print_agreement(comparison, options.measure);
  print_line(styled(
      fmt::format("\n{} and {} between them, made in {}; agreement over the {} in a community of any.",
                  count_of(comparison.accounts, "account", "accounts"), count_of(comparison.links, "link", "links"),
                  duration_text(comparison.link_seconds), thousands(comparison.compared)),
      Style::dim));
  if (comparison.truth_unknown > 0)
    print_line(styled(fmt::format("{} of the truth not in the window.",
                                  count_of(comparison.truth_unknown, "account is", "accounts are")),
                      Style::dim));
  return 0;
}

}  // namespace

std::function<int()> setup_compare_methods(CLI::App& app, const Globals& globals) {
  const auto options = std::make_shared<Options>();
  add_window_options(app, options->window);
  app.add_option("--truth", options->compare.truth, "account,ring as .csv or .csv.gz: compare with it, too")
      ->type_name("FILE");
  app.add_option("--links", options->links,
                 "Which pairs are linked: significant, as for 'detect'; shared: that share a thing, for plain graphs")
      ->check(CLI::IsMember({"significant", "shared"}))
      ->capture_default_str();
  app.add_option("--measure", options->measure, "Of the table of agreement; --json has all")
      ->check(CLI::IsMember({"ari", "nmi", "b3"}))
      ->capture_default_str();
  app.footer("Nothing is written: the store stays as it is.");
  return [options, &globals] { return run(globals, *options); };
}

}  // namespace ringscope::cli
