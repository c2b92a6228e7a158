// What people decided about accounts, as labels to learn from or to check a detector by: 1 coordinated, 0 not.
#include <algorithm>
#include <map>

#include <fmt/format.h>

#include "engine/detect/ring/verdict.h"
#include "engine/export/csv_text.h"
#include "engine/export/export.h"
#include "engine/ledger/account_names.h"

namespace ringscope {

std::uint64_t write_labels_csv(const Store& store, const ExportFilter&, const ExportSink& sink) {
  struct Label {
    KeyHash account = 0;
    const Verdict* verdict = nullptr;
  };
  const Decisions decisions(read_verdicts(store));
  std::map<KeyHash, const Verdict*> found;
  for (const Verdict& verdict : decisions.verdicts()) {
    for (const KeyHash account : verdict.accounts) found[account] = decisions.of_account(account);
  }
  std::vector<Label> labels;
  for (const auto& [account, verdict] : found) {
    if (verdict != nullptr && verdict->word != VerdictWord::needs_more) labels.push_back({account, verdict});
  }
  const std::vector<std::string> names = account_names(store, labels);
  sink("account,label,source,ring,verdict,by,reason\n");
  for (std::size_t i = 0; i < labels.size(); ++i) {
    const Verdict& verdict = *labels[i].verdict;
    sink(fmt::format("{},{},{},{},{},{},{}\n", csv_field(names[i]), verdict.word == VerdictWord::confirm ? 1 : 0,
                     verdict.retraction ? "retraction" : to_string(verdict.word), csv_field(verdict.ring),
                     verdict.number, csv_field(verdict.by), csv_field(verdict.reason)));
  }
  return labels.size();
}

}  // namespace ringscope
