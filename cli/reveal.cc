#include "engine/ask/reveal.h"

#include <fmt/format.h>

#include "base/error.h"
#include "cli/commands.h"
#include "cli/terminal.h"
#include "cli/text.h"

namespace ringscope::cli {
namespace {

struct Options {
  std::vector<std::string> values;
  std::string account, ring;
};

std::vector<RevealedThing> things_of(const Store& store, const Options& options) {
  const int ways =
      (options.values.empty() ? 0 : 1) + (options.account.empty() ? 0 : 1) + (options.ring.empty() ? 0 : 1);
  if (ways != 1)
    throw Error(ErrorCode::usage, "what is to be opened? Give values as they are stored, or --account, or --ring");
  if (!options.account.empty()) return reveal_account(store, options.account);
  if (!options.ring.empty()) return reveal_ring(store, options.ring);
  return reveal_values(store, options.values);
}

int run(const Globals& globals, const Options& options) {
  const auto store = open_briefly(globals);
  const std::vector<RevealedThing> things = things_of(*store, options);
  if (globals.json) {
    for (const RevealedThing& thing : things) print_line(revealed_to_json(thing));
    return 0;
  }
  if (things.empty()) {
    print_line("There is nothing of a sealed kind.");
    return 0;
  }
  Table table({{"kind"}, {"stored as", Align::left, 16}, {"value", Align::left, 16}, {"last seen"}});
  for (const RevealedThing& thing : things) {
    const Revealed& revealed = thing.revealed;
    table.add({{thing.kind},
               {thing.value},
               {revealed.value.value_or("shredded"), revealed.value ? Style::bold : Style::dim},
               {format_day(revealed.day)}});
  }
  table.print();
  return 0;
}

}  // namespace

std::function<int()> setup_reveal(CLI::App& app, const Globals& globals) {
  const auto options = std::make_shared<Options>();
  app.add_option("VALUE", options->values, "Values as they are stored (k and 32 hex digits), or KIND:VALUE");
  app.add_option("--account", options->account, "All that an account has of sealed kinds");
  app.add_option("--ring", options->ring, "What a ring's evidence is, of sealed kinds");
  app.footer("A value can be opened as long as the key of the last day on which it was seen is there.");
  return [options, &globals] { return run(globals, *options); };
}

}  // namespace ringscope::cli
