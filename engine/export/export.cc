#include "engine/export/export.h"

#include <algorithm>

#include "base/atomic_file.h"
#include "base/error.h"
#include "engine/ask/read_run.h"
#include "engine/export/compress.h"
#include "engine/release/spared.h"

namespace ringscope {
namespace {

bool is_for_consoles(const ExportFormat& format) { return format.level == "actions" && format.name != "jsonl"; }

// With the entry of the allow-list that spares a member among its reasons; nothing when there is none.
std::optional<Ring> marked(const Ring& ring, const Spared& spared) {
  std::optional<Ring> copy;
  for (std::size_t i = 0; i < ring.members.size(); ++i) {
    if (ring.members[i].tier != Tier::ban) continue;
    const JournalEntry* const entry = spared.spares(ring.members[i].account);
    if (entry == nullptr) continue;
    if (!copy) copy = ring;
    copy->members[i].reasons.push_back(spared_text(*entry));
  }
  return copy;
}

}  // namespace

bool lists_bans(const ExportFormat& format, const ExportFilter& filter) {
  return (format.level == "accounts" || format.level == "shares") && !filter.tiers.empty() && filter.keeps(Tier::ban);
}

void check_export(const Store& store, const ExportFormat& format, const ExportFilter& filter) {
  if (format.level == "bans") check_switch(store, "no list of bans is given");
  if (lists_bans(format, filter) && !filter.report)
    check_switch(store, "no list of accounts at ban is given, but as a report (--report),");
  if (is_for_consoles(format) && filter.held_back == nullptr)
    check_switch(store, "consoles are told nothing (the feed has what is taken back)");
  if (format.level == "indicators" && !filter.may_share)
    throw Error(ErrorCode::refused,
                "sharing with others is not allowed here; whoever may decide that sets guards.sharing = \"on\"",
                "--level indicators");
}

bool ExportFilter::keeps(Tier tier) const {
  return tiers.empty() || std::find(tiers.begin(), tiers.end(), tier) != tiers.end();
}

ExportReport export_run(const Store& store, const ExportFormat& format, const ExportFilter& filter,
                        const ExportSink& sink) {
  ExportReport report;
  report.run = latest_run(store).run;
  const ExportSink counted = [&](std::string_view bytes) {
    report.bytes += bytes.size();
    sink(bytes);
  };
  if (!format.has_cursor && (filter.after != 0 || filter.limit != 0))
    throw Error(ErrorCode::usage, "only events have numbers to go on from", "--level " + std::string(format.level));
  check_export(store, format, filter);
  if (format.write_store != nullptr) {
    report.rows = format.write_store(store, filter, counted);
    return report;
  }
  const auto as_filtered = [&](const Ring& ring, const auto& use) {
    const auto copy =
        filter.spared != nullptr && format.level == "accounts" ? marked(ring, *filter.spared) : std::nullopt;
    use(copy ? *copy : ring);
  };
  const RingSource rings{[&](const std::function<void(const Ring&)>& visit) {
                           visit_rings(store, report.run, [&](const Ring& ring) { as_filtered(ring, visit); });
                         },
                         [&](const RingPrinter& print, const ExportSink& to) {
                           const auto print_one = [&](const Ring& ring, std::string& text) {
                             as_filtered(ring, [&](const Ring& shown) { print(shown, text); });
                           };
                           print_rings(store, report.run, print_one, to);
                         }};
  report.rows = format.write(rings, filter, counted);
  return report;
}

ExportReport export_run(const Store& store, const ExportFormat& format, const ExportFilter& filter,
                        const std::filesystem::path& out) {
  AtomicFile file(out);
  const auto packer =
      make_packer(packing_of(out.filename().string()), [&](std::string_view bytes) { file.write(bytes); });
  const ExportReport report =
      export_run(store, format, filter, ExportSink([&](std::string_view bytes) { packer->write(bytes); }));
  packer->finish();
  file.commit();
  return report;
}

}  // namespace ringscope
