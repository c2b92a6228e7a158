#include "cli/profile_report.h"

#include <cstdio>

#include "cli/output_file.h"
#include "cli/terminal.h"
#include "cli/text.h"
#include "engine/profile.h"

namespace ringscope::cli {
namespace {

std::string table_of(const std::vector<StageRecord>& records) {
  Table table({{.title = "stage"},
               {.title = "seconds", .align = Align::right},
               {.title = "share", .align = Align::right},
               {.title = "processor", .align = Align::right},
               {.title = "read", .align = Align::right},
               {.title = "written", .align = Align::right},
               {.title = "memory", .align = Align::right}});
  const double all = records.front().seconds > 0 ? records.front().seconds : 1;
  for (const StageRecord& record : records) {
    table.add({{std::string(2 * record.depth, ' ') + record.name},
               {decimal(record.seconds, 3)},
               {percent(record.seconds / all)},
               {decimal(record.cpu_seconds, 3)},
               {bytes_text(record.read)},
               {bytes_text(record.written)},
               {bytes_text(record.peak)}});
  }
  return table.text(terminal_columns());
}

}  // namespace

void report_profile(const Globals& globals) {
  const std::vector<StageRecord> records = profile();
  if (records.empty()) return;
  if (globals.profile) std::fputs(table_of(records).c_str(), stderr);
  if (globals.trace) write_file(*globals.trace, trace_json(records) + "\n");
}

}  // namespace ringscope::cli
