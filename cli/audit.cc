#include "engine/ledger/audit.h"

#include <fmt/format.h>

#include "base/disk.h"
#include "base/error.h"
#include "cli/audit_trail.h"
#include "cli/commands.h"
#include "cli/terminal.h"
#include "cli/text.h"
#include "cli/verbs.h"
#include "engine/json.h"
#include "storage/snapshots.h"

namespace ringscope::cli {
namespace {

constexpr int kBroken = 1;

struct Options {
  std::string who, account, head_file;
};

std::filesystem::path store_of(const Globals& globals) {
  auto path = parse_place(globals.db).store;
  if (!std::filesystem::exists(path / "CURRENT"))
    throw Error(ErrorCode::not_found, "there is no store here; --db names another", path.string());
  return path;
}

int list(const Globals& globals, const Options& options) {
  const auto store = store_of(globals);
  const std::string mark = options.account.empty() ? "" : AuditLog(store).account_subject(options.account);
  Table table({{"number", Align::right},
               {"at"},
               {"who"},
               {"what"},
               {"subjects", Align::left, 16},
               {"reason", Align::left, 10}});
  read_audit(store, [&](const AuditEntry& entry) {
    if (!options.who.empty() && entry.who != options.who) return;
    if (!mark.empty() && std::ranges::find(entry.subjects, mark) == entry.subjects.end()) return;
    if (globals.json) return print_line(audit_entry_to_json(entry));
    table.add({{thousands(entry.seq)},
               {format_time(entry.at)},
               {entry.who},
               {entry.what},
               {fmt::format("{}", fmt::join(entry.subjects, ", "))},
               {entry.reason}});
  });
  if (!globals.json) table.print();
  return 0;
}

int verify(const Globals& globals, const Options& options) {
  std::optional<AuditHead> kept;
  if (!options.head_file.empty()) {
    const std::optional<std::string> text = read_bytes(options.head_file);
    if (!text) throw Error(ErrorCode::io, "cannot read the head", options.head_file);
    kept = head_from_json(*text);
  }
  const AuditCheck check = verify_audit(store_of(globals), kept);
  if (globals.json) {
    const Json json = {{"schema", "ringscope.audit-check/1"},
                       {"lines", check.lines},
                       {"whole", check.wrong.empty()},
                       {"wrong", check.wrong}};
    print_line(json.dump(-1, ' ', false, Json::error_handler_t::replace));
  } else {
    for (const std::string& one : check.wrong) print_line(one);
    if (check.wrong.empty()) print_line(fmt::format("{}, whole and signed.", count_of(check.lines, "line", "lines")));
  }
  return check.wrong.empty() ? 0 : kBroken;
}

int head(const Globals& globals, const Options&) {
  const auto last = audit_head(store_of(globals));
  if (!last) throw Error(ErrorCode::not_found, "nothing was audited yet");
  print_line(head_to_json(*last));
  return 0;
}

}  // namespace

std::function<int()> setup_audit(CLI::App& app, const Globals& globals) {
  const Verbs<Options> options(app);
  CLI::App* const lists = options.add("list", "Who looked at what and changed what, when", list);
  lists->add_option("--who", options->who, "Only of this person or program");
  lists->add_option("--account", options->account, "Only what was about this account");
  options.add("verify", "Check that no line was changed, taken out, moved or cut off", verify)
      ->add_option("--head", options->head_file, "A head that was kept elsewhere");
  options.add("head", "Print the signed head, to be kept elsewhere", head);
  return options.runner(globals);
}

}  // namespace ringscope::cli
