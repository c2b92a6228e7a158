#include "engine/ask/verdicts.h"

#include <ctime>

#include <fmt/format.h>
#include <spdlog/spdlog.h>

#include "base/atomic_file.h"
#include "cli/commands.h"
#include "cli/decisions.h"
#include "cli/terminal.h"
#include "cli/text.h"
#include "cli/verbs.h"

namespace ringscope::cli {
namespace {

constexpr int kSomeRejected = 3;

struct Options {
  std::string by, reason, file, out, state, on;
  std::vector<std::uint64_t> numbers;
};

// Those of the log that are asked for.
std::vector<DecisionOn> asked_for(const Store& store, const Options& options) {
  const Decisions decisions(read_verdicts(store));
  std::vector<DecisionOn> chosen;
  if (options.on.empty()) {
    for (std::size_t i = 0; i < decisions.verdicts().size(); ++i)
      chosen.push_back({decisions.verdicts()[i], decisions.state(i)});
  } else if (options.on.starts_with("R-")) {
    chosen = decisions_on_ring(decisions, options.on);
  } else {
    chosen = decisions_on_account(decisions, hash_value(options.on));
  }
  std::erase_if(chosen, [&](const DecisionOn& one) {
    return (!options.state.empty() && options.state != to_string(one.state)) ||
           (!options.by.empty() && options.by != one.verdict.by);
  });
  return chosen;
}

int list(const Globals& globals, const Options& options) {
  const auto store = open_briefly(globals);
  const std::vector<DecisionOn> chosen = asked_for(*store, options);
  if (globals.json) {
    for (const DecisionOn& one : chosen) print_line(verdict_line(*store, one.verdict, one.state));
  } else if (chosen.empty()) {
    print_line("No verdicts. 'ringscope verdict TARGET WORD --by NAME --reason TEXT' gives one.");
  } else {
    print_decisions(chosen);
  }
  return 0;
}

int undo(const Globals& globals, const Options& options) {
  const auto store = open_store(globals, OpenMode::write);
  for (const Verdict& verdict :
       undo_verdicts(*store, options.numbers, options.by, options.reason, std::time(nullptr))) {
    if (globals.json) {
      print_line(verdict_line(*store, verdict, VerdictState::stands));
    } else {
      print_line(fmt::format("Verdict {} takes back verdict {} ({} {}).", verdict.number, verdict.undoes,
                             to_string(verdict.word), escaped(verdict.target)));
    }
  }
  return 0;
}

int export_all(const Globals& globals, const Options& options) {
  const auto store = open_briefly(globals);
  const Decisions decisions(read_verdicts(*store));
  std::string text;
  for (std::size_t i = 0; i < decisions.verdicts().size(); ++i)
    text += verdict_line(*store, decisions.verdicts()[i], decisions.state(i)) + "\n";
  if (options.out.empty()) {
    print(text);
    return 0;
  }
  AtomicFile file(options.out);
  file.write(text);
  file.commit();
  spdlog::info("{} in {}", count_of(decisions.verdicts().size(), "verdict", "verdicts"), options.out);
  return 0;
}

int import(const Globals& globals, const Options& options) {
  const auto store = open_store(globals, OpenMode::create);
  const VerdictImport result = import_verdicts(*store, options.file);
  for (const VerdictReject& reject : result.rejects)
    spdlog::warn("{}:{}: {}", escaped(options.file), reject.line, escaped(reject.reason));
  if (globals.json) {
    print_line(fmt::format(R"({{"schema":"ringscope.verdicts-import/1","read":{},"added":{},"rejected":{}}})",
                           result.read, result.added, result.rejects.size()));
  } else {
    print_line(fmt::format("{}: {} new, {} known already, {} rejected", count_of(result.read, "verdict", "verdicts"),
                           thousands(result.added), thousands(result.read - result.added),
                           thousands(result.rejects.size())));
  }
  return result.rejects.empty() ? 0 : kSomeRejected;
}

}  // namespace

std::function<int()> setup_verdicts(CLI::App& app, const Globals& globals) {
  const Verbs<Options> options(app);
  CLI::App* const lists = options.add("list", "Print the log: who decided what when, and how it stands", list);
  lists->add_option("--state", options->state, "Only those in this state")
      ->check(CLI::IsMember({"stands", "waits", "undone", "replaced"}));
  lists->add_option("--on", options->on, "Only those on this ring (its id in full) or account, alone or with its ring");
  lists->add_option("--by", options->by, "Only those that this person gave");
  CLI::App* const undoes = options.add("undo", "Take verdicts back, all or none; the log keeps both", undo);
  undoes->add_option("NUMBER", options->numbers, "Of a verdict, as 'list' prints it; several")->required();
  undoes->add_option("--reason", options->reason, "Why")->required();
  undoes->add_option("--by", options->by, "Who takes it back")->required();
  options.add("export", "Write the log as JSON Lines, accounts by name", export_all)
      ->add_option("--out", options->out, "File that appears in full or not at all; else standard output");
  CLI::App* const imports = options.add("import", "Append what 'export' wrote; a second time changes nothing", import);
  imports->add_option("FILE", options->file, "JSON Lines; - is standard input")->required();
  imports->footer("Exit status 3: done, but some lines were rejected.");
  return options.runner(globals);
}

}  // namespace ringscope::cli
