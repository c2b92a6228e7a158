#include "engine/ask/why.h"

#include <fmt/format.h>

#include "cli/commands.h"
#include "cli/terminal.h"
#include "cli/text.h"
#include "cli/why_not.h"

namespace ringscope::cli {
namespace {

struct Options {
  std::string a;
  std::string b;
};

std::string span_text(Seconds first, Seconds last) {
  if (first == kNoTime) return "-";
  const std::string from = day_text(first);
  const std::string to = day_text(last);
  return from == to ? from : from + " to " + to;
}

void print_shared(const WhyAnswer& answer) {
  if (answer.shared.empty()) return;
  print_heading("Shared");
  Table table({{"kind"},
               {"value", Align::left, 16},
               {"bits", Align::right},
               {"accounts", Align::right},
               {answer.a, Align::left, 10},
               {answer.b, Align::left, 10}});
  for (const CommonEntity& entity : answer.shared) {
    table.add({{entity.kind},
               {entity.value},
               {worth_text(entity.bits, entity.verdict)},
               {entity.accounts == 0 ? "-" : thousands(entity.accounts)},
               {span_text(entity.first_a, entity.last_a)},
               {span_text(entity.first_b, entity.last_b)}});
  }
  table.print();
}

void print_path(const WhyAnswer& answer) {
  if (answer.path.empty()) return;
  print_heading("Strongest chain");
  Table table({{"from", Align::left, 12}, {"to", Align::left, 12}, {"bits", Align::right}, {"by", Align::left, 16}});
  for (const Hop& hop : answer.path) {
    table.add({{hop.from}, {hop.to}, {decimal(hop.bits, 1)}, {hop.kind.empty() ? "-" : hop.kind + " " + hop.value}});
  }
  table.print();
}

int run(const Globals& globals, const Options& options) {
  const auto store = open_store(globals, OpenMode::read_only);
  const WhyAnswer answer = why(*store, options.a, options.b);
  if (globals.json) {
    print_line(why_to_json(answer));
    return 0;
  }
  print_line(wrapped(escaped(answer.meaning), text_columns(), 0));
  if (answer.why_not) print_why_not(*answer.why_not);
  print_shared(answer);
  print_path(answer);
  return 0;
}

}  // namespace

std::function<int()> setup_why(CLI::App& app, const Globals& globals) {
  const auto options = std::make_shared<Options>();
  app.add_option("A", options->a, "One account")->required();
  app.add_option("B", options->b, "The other")->required();
  return [options, &globals] { return run(globals, *options); };
}

}  // namespace ringscope::cli
