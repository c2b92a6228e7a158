// Exports: what a file would hold, and the file itself, sent while it is made.
#include <algorithm>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "engine/export/export.h"
#include "server/api_error.h"
#include "server/routes.h"
#include "server/services.h"

namespace ringscope::server {
namespace {

using Json = nlohmann::ordered_json;

constexpr std::size_t kPreviewLines = 20;
constexpr std::size_t kPreviewLine = 4000;  // bytes of a line that are shown

// Without a format: the first there is for the level.
const ExportFormat& format_of(const Arguments& arguments) {
  const std::string level = arguments.text("level");
  std::string name = arguments.text("format");
  if (name.empty()) {
    const auto first = std::ranges::find(export_formats(), level, &ExportFormat::level);
    if (first != export_formats().end()) name = first->name;
  }
  return find_export_format(level, name);
}

ExportFilter filter_of(const Arguments& arguments, const ExportFormat& format) {
  ExportFilter filter;
  for (const std::string& word : arguments.words("tier")) filter.tiers.push_back(*parse_tier(word));
  filter.after = arguments.number("after").value_or(0);
  if (filter.after != 0 && !format.has_cursor)
    throw ApiError(400, "parameter", "only events have numbers to go on from", "after");
  return filter;
}

std::string_view media_of(const ExportFormat& format) {
  if (format.name == "csv") return "text/csv; charset=utf-8";
  if (format.name == "jsonl") return "application/jsonl";
  return "application/octet-stream";
}

// The first lines of what goes by, the rest only counted.
class FirstLines {
 public:
  void take(std::string_view bytes) {
    for (std::size_t begin = 0; begin < bytes.size() && lines_.size() < kPreviewLines;) {
      const std::size_t end = std::min(bytes.find('\n', begin), bytes.size());
      line_ += bytes.substr(begin, std::min(end - begin, kPreviewLine - std::min(kPreviewLine, line_.size())));
      if (end < bytes.size()) lines_.push_back(std::exchange(line_, {}));
      begin = end + 1;
    }
  }
  const std::vector<std::string>& lines() const { return lines_; }

 private:
  std::vector<std::string> lines_;
  std::string line_;
};

Answer preview(const Call& call) {
  const ExportFormat& format = format_of(call.arguments);
  const ExportFilter filter = filter_of(call.arguments, format);
  FirstLines first;
  const ExportReport report = export_run(call.view->store(), format, filter, ExportSink([&](std::string_view bytes) {
                                           call.budget.check();
                                           first.take(bytes);
                                         }));
  const Json json = {{"schema", "ringscope.export-preview/1"},
                     {"run", report.run},
                     {"level", format.level},
                     {"format", format.name},
                     {"rows", report.rows},
                     {"bytes", report.bytes},
                     {"lines", first.lines()}};
  return json_answer(json.dump(-1, ' ', false, Json::error_handler_t::replace));
}

Answer download(const Call& call) {
  const ExportFormat& format = format_of(call.arguments);
  const ExportFilter filter = filter_of(call.arguments, format);
  const std::uint64_t run = call.view->require_run().run;
  Answer answer;
  answer.content_type = media_of(format);
  answer.with("Content-Disposition",
              fmt::format("attachment; filename=\"ringscope-{}-run{}.{}\"", format.level, run, format.name));
  answer.pieces = [view = call.view, &format, filter](const PieceSink& sink) {
    export_run(view->store(), format, filter, ExportSink(sink));
  };
  return answer;
}

constexpr Parameter kExport[] = {
    {.name = "level", .meaning = "What a row is: accounts, rings, events, …", .required = true, .longest = 32},
    {.name = "format", .meaning = "How it is written; else the first there is for the level", .longest = 32},
    kTier,
    {.name = "after", .shape = Shape::number, .meaning = "Of events: only those with a greater number"}};

constexpr Route kRoutes[] = {
    {.name = "exports.preview",
     .path = "/api/v1/exports/preview",
     .summary = "How much an export would hold, and its first lines",
     .needs = Permission::take_out,
     .raw = true,
     .cost = Cost::heavy,
     .parameters = kExport,
     .reply = {.schema = "export-preview"},
     .answer = preview},
    {.name = "exports.download",
     .path = "/api/v1/exports",
     .summary = "An export",
     .needs = Permission::take_out,
     .raw = true,
     .cost = Cost::heavy,
     .parameters = kExport,
     .reply = {.form = Form::lines, .media = "application/octet-stream"},
     .answer = download,
     .tagged = false},
};

}  // namespace

std::span<const Route> export_routes() { return kRoutes; }

}  // namespace ringscope::server
