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
  for (const CommonEntity& entity : answer.shared)
    print_cleared(entity.kind, entity.value, entity.cleared, entity.accounts);
}

void print_chain(const std::string& title, const std::vector<Hop>& chain) {
  print_heading(title);
  Table table({{"from", Align::left, 12}, {"to", Align::left, 12}, {"bits", Align::right}, {"by", Align::left, 16}});
  for (const Hop& hop : chain) {
    table.add({{hop.from}, {hop.to}, {decimal(hop.bits, 1)}, {hop.kind.empty() ? "-" : hop.kind + " " + hop.value}});
  }
  table.print();
}

void print_paths(const WhyAnswer& answer) {
  if (answer.path.size() > 1) print_chain("Strongest chain", answer.path);
  for (std::size_t i = 0; i < answer.alternatives.size(); ++i)
    print_chain(fmt::format("Another way, through other accounts ({})", i + 1), answer.alternatives[i]);
}

void print_breaks(const WhyAnswer& answer) {
  if (!answer.breaks) return;
  print_heading("What would break the link");
  print_line(wrapped(escaped(answer.breaks->meaning), text_columns(), 0));
  Table table({{"without"}, {"value", Align::left, 16}, {"bits", Align::right}, {"", Align::left, 8}});
  for (const BreakingThing& thing : answer.breaks->things)
    table.add({{thing.kind}, {thing.value}, {decimal(thing.bits, 1)}, {thing.vouches ? "links by itself" : ""}});
  table.print();
}

int run(const Globals& globals, const Options& options) {
  const auto store = open_briefly(globals);
  const WhyAnswer answer = why(*store, options.a, options.b);
  if (globals.json) {
    print_line(why_to_json(answer));
    return 0;
  }
  print_line(wrapped(escaped(answer.meaning), text_columns(), 0));
  if (answer.why_not) print_why_not(*answer.why_not);
  print_shared(answer);
  print_breaks(answer);
  print_paths(answer);
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
