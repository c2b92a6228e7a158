#include "engine/import/import_run.h"

#include <algorithm>
#include <optional>
#include <string_view>
#include <utility>

#include <fmt/format.h>

#include "base/error.h"
#include "engine/detect/ring/ring_json.h"
#include "engine/import/kept_store.h"
#include "engine/import/lacking_rows.h"
#include "engine/import/moved_run.h"
#include "engine/ingest/part_import.h"
#include "engine/ledger/follow.h"
#include "storage/copy.h"
#include "storage/run_rows.h"

namespace ringscope {
namespace {

// A run that was taken in is a source, too, so that it goes in once: "run-" and the hash of its record where it was
// made, "/" and its number here.
constexpr std::string_view kRunSource = "run-";

std::string source_of(const RunInfo& kept) { return fmt::format("{}{:016x}/", kRunSource, hash_value(kept.payload)); }

// The store's run that is this one; nothing: it has not got it.
std::optional<RunInfo> find_known(const Store& store, const RunInfo& kept) {
  for (RunInfo& one : store.runs()) {
    if (one.payload == kept.payload) return std::move(one);  // the store began as a copy
  }
  const std::string source = source_of(kept);
  for (const SourcePosition& one : store.positions()) {
    if (one.source.starts_with(source)) return store.find_run(std::stoull(one.source.substr(source.size())));
  }
  return std::nullopt;
}

// Of logs.
std::vector<SourcePosition> logs_of(const Store& store) {
  std::vector<SourcePosition> positions = store.positions();
  std::erase_if(positions, [](const SourcePosition& one) { return one.source.starts_with(kRunSource); });
  return positions;
}

void check_sources(const Store& store, const Sources& sources, const ImportOptions& options) {
  if (sources.unseen.empty()) return;
  const std::string holds =
      fmt::format("the store holds {} source{} that the run did not see ({}{}), so the run is older than what is here",
                  sources.unseen.size(), sources.unseen.size() == 1 ? "" : "s", sources.unseen.front().label,
                  sources.unseen.size() == 1 ? "" : ", …");
  if (sources.shared > 0 && !sources.lacking.empty())
    throw Error(ErrorCode::refused,
                holds +
                    "; and rows of what is new in it cannot be told from those of what both have: read the log with "
                    "'ringscope ingest' and detect here",
                store.path().string());
  if (options.force) return;
  throw Error(ErrorCode::refused, holds + "; detect here, or take the run in all the same with --force",
              store.path().string());
}

// A day that retain() let go would come back.
void check_days(const Store& store, const Store& kept, const Sources& sources, const ImportOptions& options) {
  const auto here = store.day_range(), there = kept.day_range();
  if (options.force || sources.shared == 0 || !here || !there || there->first >= here->first) return;
  throw Error(ErrorCode::refused,
              fmt::format("the run looked at days from {}, the store holds them from {} and may have let earlier ones "
                          "go; --force takes them in again",
                          format_day(there->first), format_day(here->first)),
              store.path().string());
}

RunInfo latest_of(const Store& kept) {
  auto latest = kept.latest_run();
  if (!latest) throw Error(ErrorCode::corrupt, "the latest run of the kept store is gone", kept.path().string());
  return *std::move(latest);
}

}  // namespace

ImportReport copy_run(const std::filesystem::path& run, const std::filesystem::path& db) {
  const std::filesystem::path path = find_kept_store(run);
  ImportReport report;
  {
    const auto kept = Store::open(path, {});
    require_plain_values(*kept);
    report.summary = run_from_json(latest_of(*kept).payload);
    report.sources = logs_of(*kept).size();
  }
  copy_store(path, db);
  report.outcome = ImportOutcome::copied;
  return report;
}

ImportReport import_run(Store& store, const std::filesystem::path& run, const ImportOptions& options) {
  const auto kept = Store::open(find_kept_store(run), {});
  require_plain_values(*kept);
  require_plain_values(store);
  const RunInfo latest = latest_of(*kept);
  ImportReport report;
  if (const auto known = find_known(store, latest)) {
    report.outcome = ImportOutcome::known;
    report.summary = run_from_json(known->payload);
    return report;
  }
  const Sources sources = compare_sources(logs_of(*kept), logs_of(store));
  check_sources(store, sources, options);
  check_days(store, *kept, sources, options);
  const KindMap kinds(*kept, store);
  MovedRun moved(store, *kept, latest);
  const auto rows = store.bulk_writer();
  if (!sources.lacking.empty()) report.accounts = put_lacking(*kept, store, sources, kinds, *rows);
  CommitInfo committed;
  {
    const auto writer = run_writer_with(*rows, committed);
    rows->set_position({.source = source_of(latest) + std::to_string(writer->run()),
                        .label = fmt::format("run {} of {}", latest.run, run.string()),
                        .complete = true});
    moved.publish(*writer, kinds);
  }
  follow_late_verdicts(store, moved.decisions());
  store.drop_image();  // it is of an earlier run
  report.outcome = ImportOutcome::published;
  report.summary = moved.summary();
  report.sources = sources.lacking.size();
  report.unseen = sources.unseen.size();
  report.collisions = committed.collisions.size();
  for (const RingEvent& event : moved.entries().events) ++report.events[event.change];
  return report;
}

}  // namespace ringscope
