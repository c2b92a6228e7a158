#include "engine/export/export.h"

#include <algorithm>

#include "base/atomic_file.h"
#include "base/error.h"
#include "engine/ask/read_run.h"
#include "engine/export/compress.h"

namespace ringscope {

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
  if (format.write_store != nullptr) {
    report.rows = format.write_store(store, filter, counted);
    return report;
  }
  const RingSource rings = [&](const std::function<void(const Ring&)>& visit) {
    visit_rings(store, report.run, visit);
  };
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
