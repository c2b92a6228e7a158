#include "engine/ask/decisions_on.h"

#include <algorithm>

#include "engine/detect/ring/json_parts.h"

namespace ringscope {
namespace {

// Those that `is_on`, and the undoings of them.
template <class IsOn>
std::vector<DecisionOn> chosen(const Decisions& decisions, const IsOn& is_on) {
  std::vector<DecisionOn> result;
  const std::vector<Verdict>& log = decisions.verdicts();
  for (std::size_t i = 0; i < log.size(); ++i) {
    const bool undoing = log[i].undoes > 0 && log[i].undoes <= log.size();
    if (is_on(undoing ? log[log[i].undoes - 1] : log[i])) result.push_back({log[i], decisions.state(i)});
  }
  return result;
}

}  // namespace

std::vector<DecisionOn> decisions_on_ring(const Decisions& decisions, std::string_view ring) {
  return chosen(decisions, [&](const Verdict& verdict) { return verdict.ring == ring; });
}

std::vector<DecisionOn> decisions_on_account(const Decisions& decisions, KeyHash account) {
  return chosen(decisions,
                [&](const Verdict& verdict) { return std::ranges::binary_search(verdict.accounts, account); });
}

std::string decisions_to_json(const std::vector<DecisionOn>& decisions) {
  Json list = Json::array();
  for (const auto& [verdict, state] : decisions) {
    list.push_back({{"number", verdict.number},
                    {"undoes", verdict.undoes == 0 ? Json(nullptr) : Json(verdict.undoes)},
                    {"word", to_string(verdict.word)},
                    {"on", verdict.target},
                    {"by", verdict.by},
                    {"reason", verdict.reason},
                    {"given", time_json(verdict.given)},
                    {"accounts", verdict.accounts.size()},
                    {"state", to_string(state)}});
  }
  return dump(list);
}

}  // namespace ringscope
