#include "engine/lab/evaluate.h"

#include "cli/commands.h"
#include "cli/terminal.h"
#include "cli/tiers.h"

namespace ringscope::cli {
namespace {

struct Options {
  std::string truth;
  std::string rings;
  EvaluateOptions evaluate;
};

}  // namespace

std::function<int()> setup_evaluate(CLI::App& app, const Globals&) {
  const auto options = std::make_shared<Options>();
  EvaluateOptions& evaluation = options->evaluate;
  app.add_option("TRUTH", options->truth, "account,ring[,group] as .csv or .csv.gz; an empty ring is an honest account")
      ->required();
  app.add_option("RINGS", options->rings, "What 'export --level accounts --format csv' writes")->required();
  add_tier_option(app, evaluation.tiers);
  app.add_option("--min-score", evaluation.min_score, "Keep rows with at least this score");
  app.add_option("--min-size", evaluation.min_size, "Keep rings with at least this many kept accounts")
      ->check(CLI::NonNegativeNumber)
      ->capture_default_str();
  app.add_option("--prefix", evaluation.prefix,
                 "Count only true rings whose name starts so; leave out accounts of others");
  app.add_option("--grey", evaluation.grey, "File with accounts to leave out");
  app.footer("Prints one JSON object, with or without --json.");
  return [options] {
    print_line(evaluation_to_json(evaluate(options->truth, options->rings, options->evaluate)));
    return 0;
  };
}

}  // namespace ringscope::cli
