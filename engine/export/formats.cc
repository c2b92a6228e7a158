#include <array>

#include <fmt/format.h>

#include "base/error.h"
#include "engine/export/export.h"

namespace ringscope {
namespace {

constexpr std::array<ExportFormat, 3> kFormats{{
    {"accounts", "csv", "account,ring,score,tier,membership,reasons", write_accounts_csv},
    {"rings", "jsonl", "one ring a line, schema ringscope.ring/1", write_rings_jsonl},
    {"events", "jsonl", "what happened to rings, schema ringscope.ring-event/1", nullptr, write_events_jsonl},
}};

}  // namespace

std::span<const ExportFormat> export_formats() { return kFormats; }

const ExportFormat& find_export_format(std::string_view level, std::string_view name) {
  std::string known;
  for (const ExportFormat& format : kFormats) {
    if (format.level == level && format.name == name) return format;
    known += fmt::format("{}--level {} --format {}", known.empty() ? "" : ", ", format.level, format.name);
  }
  const std::string as = name.empty() ? "" : fmt::format(" as \"{}\"", name);
  throw Error(ErrorCode::usage, fmt::format("cannot export level \"{}\"{}; there is: {}", level, as, known));
}

}  // namespace ringscope
