#include <ctime>

#include <fmt/format.h>

#include "cli/commands.h"
#include "cli/terminal.h"
#include "cli/text.h"
#include "engine/ask/verdicts.h"

namespace ringscope::cli {
namespace {

struct Options {
  VerdictRequest request;
  std::string word;
  bool ring = false, account = false, thing = false;
};

std::string done_text(const Verdict& verdict, VerdictState state) {
  const std::string on =
      verdict.ring.empty() ? "" : fmt::format(", {}", count_of(verdict.accounts.size(), "account", "accounts"));
  std::string text =
      fmt::format("Verdict {}: {} {}{}.", verdict.number, to_string(verdict.word), escaped(verdict.target), on);
  if (state == VerdictState::waits)
    return fmt::format("{} {}: it stands when a second person says the same.", text,
                       verdict.ring.empty() ? "You have decided on many members of its ring" : "The ring is large");
  if (verdict.word == VerdictWord::note) return text;
  return text + " Every list and export goes by it from now on; the next detection learns from it.";
}

int run(const Globals& globals, const Options& options) {
  VerdictRequest request = options.request;
  request.word = *parse_verdict_word(options.word);
  request.now = std::time(nullptr);
  request.two_persons_above = globals.config().verdicts.two_persons_above;
  if (options.ring) request.on = VerdictOn::ring;
  if (options.account) request.on = VerdictOn::account;
  if (options.thing) request.on = VerdictOn::thing;
  const auto store = open_store(globals, OpenMode::write);
  const Verdict verdict = give_verdict(*store, request);
  const Decisions decisions(read_verdicts(*store));
  const VerdictState state = decisions.state(verdict.number - 1);
  print_line(globals.json ? verdict_line(*store, verdict, state) : done_text(verdict, state));
  return 0;
}

}  // namespace

std::function<int()> setup_verdict(CLI::App& app, const Globals& globals) {
  const auto options = std::make_shared<Options>();
  app.add_option("TARGET", options->request.target,
                 "A ring's id, an account, or KIND:VALUE of a thing (ip:203.0.113.7)")
      ->required();
  app.add_option(
         "WORD", options->word,
         "confirm: coordinated, and who touches it is reviewed; reject: not, and what it shares proves less; benign: "
         "an honest crowd, and what it shares proves nothing; "
         "needs-more: no machine may act; note: decides nothing")
      ->required()
      ->check(CLI::IsMember(verdict_words()));
  app.add_option("--reason", options->request.reason, "Why, for whoever looks at it later")->required();
  app.add_option("--by", options->request.by, "Who decides")->required();
  CLI::Option* const ring = app.add_flag("--ring", options->ring, "TARGET is a ring");
  CLI::Option* const account =
      app.add_flag("--account", options->account, "TARGET is an account, whatever it looks like")->excludes(ring);
  app.add_flag("--thing", options->thing, "TARGET is a thing")->excludes(ring)->excludes(account);
  return [options, &globals] { return run(globals, *options); };
}

}  // namespace ringscope::cli
