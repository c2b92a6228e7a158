#include "cli/decisions.h"

#include <fmt/format.h>

#include "cli/terminal.h"
#include "cli/text.h"

namespace ringscope::cli {
namespace {

std::string word_text(const Verdict& verdict) {
  return verdict.undoes == 0 ? to_string(verdict.word) : fmt::format("undo {}", verdict.undoes);
}

Style style_of(VerdictState state) {
  switch (state) {
    case VerdictState::waits:
      return Style::yellow;
    case VerdictState::undone:
    case VerdictState::replaced:
      return Style::dim;
    case VerdictState::stands:
      break;
  }
  return Style::plain;
}

}  // namespace

void print_decisions(const std::vector<DecisionOn>& decisions) {
  Table table({{"", Align::right},
               {"when"},
               {"by"},
               {"verdict"},
               {"on", Align::left, 10},
               {"accounts", Align::right},
               {"state"},
               {"reason", Align::left, 16}});
  for (const auto& [verdict, state] : decisions) {
    table.add({{std::to_string(verdict.number)},
               {format_time(verdict.given)},
               {verdict.by},
               {word_text(verdict)},
               {verdict.target, Style::bold},
               {verdict.accounts.empty() ? "" : thousands(verdict.accounts.size())},
               {verdict.undoes != 0 ? "" : to_string(state), style_of(state)},
               {verdict.reason}});
  }
  table.print();
}

void print_decisions_section(const std::vector<DecisionOn>& decisions) {
  if (decisions.empty()) return;
  print_heading("Decisions and notes");
  print_decisions(decisions);
}

}  // namespace ringscope::cli
