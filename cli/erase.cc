#include "engine/release/erase.h"

#include <ctime>

#include <fmt/format.h>

#include "base/error.h"
#include "cli/commands.h"
#include "cli/people.h"
#include "cli/terminal.h"
#include "cli/text.h"
#include "engine/json.h"
#include "storage/snapshots.h"

namespace ringscope::cli {
namespace {

constexpr int kTracesLeft = 1;

struct Options {
  EraseRequest request;
  bool may_return = false;
  bool drop_snapshots = false;
};

std::string erased_json(const Erased& erased, const TraceReport& proof, const std::vector<std::string>& snapshots,
                        bool dropped) {
  Json traces = Json::array();
  for (const FileTrace& one : proof.found) traces.push_back({{"file", one.file}, {"what", one.what}});
  const Json json = {
      {"schema", "ringscope.erase/1"},
      {"pseudonym", erased.pseudonym},
      {"unbanned", erased.unbanned},
      {"rows", erased.report.rows},
      {"names", erased.report.names},
      {"values", erased.values},
      {"links", erased.report.links},
      {"records", erased.report.records},
      {"rejected_lines", erased.rejected_lines},
      {"proof", {{"files", proof.files}, {"bytes", proof.bytes}, {"entries", proof.entries}, {"traces", traces}}},
      {"snapshots", snapshots},
      {"snapshots_dropped", dropped}};
  return json.dump(-1, ' ', false, Json::error_handler_t::replace);
}

void print_erased(const Erased& erased, const TraceReport& proof) {
  print_line(fmt::format("Erased: {}, {}, {}, {}.", count_of(erased.report.rows, "row", "rows"),
                         count_of(erased.report.names, "name", "names"), count_of(erased.report.links, "link", "links"),
                         count_of(erased.report.records, "record", "records")));
  if (erased.unbanned) print_line("Machines were told to take its ban back.");
  print_line(fmt::format("Looked through {} ({}, {}) afterwards: {}.", count_of(proof.files, "file", "files"),
                         bytes_text(proof.bytes), count_of(proof.entries, "entry", "entries"),
                         proof.found.empty() ? "nothing of it is left" : "traces are left"));
  for (const FileTrace& one : proof.found) print_line(fmt::format("- {}: {}", one.file, one.what));
}

int run(const Globals& globals, Options options) {
  options.request.now = std::time(nullptr);
  options.request.again = options.may_return ? ComesAgain::may : ComesAgain::never;
  auto store = open_store(globals, OpenMode::write);
  const std::filesystem::path path = store->path();
  const std::vector<std::string> snapshots = snapshots_with(path, options.request.account);
  const Erased erased = erase_account(*store, options.request);
  store.reset();
  (void)open_store(globals, OpenMode::write);  // a new log of writes and a new manifest
  if (options.drop_snapshots) {
    for (const std::string& name : snapshots) drop_snapshot(path, name);
  }
  const TraceReport proof = find_traces(path, erased.needles);
  if (globals.json) {
    print_line(erased_json(erased, proof, snapshots, options.drop_snapshots));
  } else {
    print_erased(erased, proof);
    if (!snapshots.empty()) {
      print_line(fmt::format(
          "{} {}: {}.", count_of(snapshots.size(), "snapshot", "snapshots"),
          options.drop_snapshots ? "that held it went" : "still held; 'ringscope snapshot drop NAME' removes one",
          fmt::join(snapshots, ", ")));
    }
    print_line("Rings change with the next 'ringscope detect'. Exports and backups outside the store are not touched.");
  }
  return proof.found.empty() ? 0 : kTracesLeft;
}

}  // namespace

std::function<int()> setup_erase(CLI::App& app, const Globals& globals) {
  const auto options = std::make_shared<Options>();
  app.add_option("ACCOUNT", options->request.account, "Whose account")->required();
  add_person_options(app, options->request.by, options->request.reason);
  app.add_flag("--may-return", options->may_return, "Lines that name it later are taken in as of a new account");
  app.add_flag("--drop-snapshots", options->drop_snapshots, "Drop the snapshots that hold it, too");
  app.footer("Exit status 1: bytes of it are left in a file, which is named.");
  return [options, &globals] { return run(globals, *options); };
}

}  // namespace ringscope::cli
