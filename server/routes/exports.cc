// Exports: what a file would hold, and the file itself, sent while it is made.
#include <algorithm>
#include <ctime>
#include <memory>
#include <optional>

#include <fmt/format.h>

#include "engine/export/export.h"
#include "engine/json.h"
#include "engine/release/spared.h"
#include "server/api_error.h"
#include "server/routes.h"
#include "server/services.h"

namespace ringscope::server {
namespace {

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

// What an export is made with; outlives the call that asks for it.
struct Making {
  explicit Making(const ExportFormat& of) : format(of) {}

  const ExportFormat& format;
  ExportFilter filter;
  std::optional<SparedNow> spared;
};

// Throws what there is against it before the answer begins.
std::shared_ptr<const Making> making_of(const Call& call, const ExportFormat& format, bool share) {
  const Arguments& arguments = call.arguments;
  if (format.level == "indicators" && !share)
    throw ApiError(403, "role", "what others are told has a path and a role of its own: /api/v1/exports/indicators",
                   "level");
  const auto making = std::make_shared<Making>(format);
  ExportFilter& filter = making->filter;
  filter.may_share = share && call.services.settings.sharing;
  if (!share) {
    for (const std::string& word : arguments.words("tier")) filter.tiers.push_back(*parse_tier(word));
    filter.after = arguments.number("after").value_or(0);
    filter.report = arguments.flag("report");
  }
  if (filter.after != 0 && !format.has_cursor)
    throw ApiError(400, "parameter", "only events have numbers to go on from", "after");
  check_export(call.view->store(), format, filter);
  if (format.level == "accounts")
    filter.spared =
        &making->spared.emplace(call.view->store(), call.services.config->detect.asn_table, std::time(nullptr))
             .spared();
  return making;
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
  const auto making = making_of(call, format_of(call.arguments), false);
  FirstLines first;
  const ExportReport report =
      export_run(call.view->store(), making->format, making->filter, ExportSink([&](std::string_view bytes) {
                   call.budget.check();
                   first.take(bytes);
                 }));
  const Json json = {{"schema", "ringscope.export-preview/1"},
                     {"run", report.run},
                     {"level", making->format.level},
                     {"format", making->format.name},
                     {"rows", report.rows},
                     {"bytes", report.bytes},
                     {"lines", first.lines()}};
  return json_answer(json.dump(-1, ' ', false, Json::error_handler_t::replace));
}

Answer sent(const Call& call, std::shared_ptr<const Making> making) {
  const ExportFormat& format = making->format;
  const std::uint64_t run = call.view->require_run().run;
  Answer answer;
  answer.content_type = media_of(format);
  answer.with("Content-Disposition",
              fmt::format("attachment; filename=\"ringscope-{}-run{}.{}\"", format.level, run, format.name));
  answer.pieces = [view = call.view, making = std::move(making)](const PieceSink& sink) {
    export_run(view->store(), making->format, making->filter, ExportSink(sink));
  };
  return answer;
}

Answer download(const Call& call) { return sent(call, making_of(call, format_of(call.arguments), false)); }

Answer share(const Call& call) {
  std::string name = call.arguments.text("format");
  if (name.empty()) name = "stix";
  return sent(call, making_of(call, find_export_format("indicators", name), true));
}

constexpr Parameter kExport[] = {
    {.name = "level", .meaning = "What a row is: accounts, rings, events, …", .required = true, .longest = 32},
    {.name = "format", .meaning = "How it is written; else the first there is for the level", .longest = 32},
    kTier,
    {.name = "after", .shape = Shape::number, .meaning = "Of events: only those with a greater number"},
    {.name = "report",
     .shape = Shape::flag,
     .meaning = "Of accounts at ban: for people to read, so also while the kill switch is on"}};

constexpr Parameter kShare[] = {{.name = "format", .meaning = "stix, which is the default, or jsonl", .longest = 32}};

constexpr Route kRoutes[] = {
    {.name = "exports.preview",
     .path = "/api/v1/exports/preview",
     .summary = "How much an export would hold, and its first lines",
     .needs = Permission::take_out,
     .raw = true,
     .cost = Cost::heavy,
     .parameters = kExport,
     .reply = {.schema = "export-preview"},
     .answer = preview,
     .guarded = true},
    {.name = "exports.download",
     .path = "/api/v1/exports",
     .summary = "An export",
     .needs = Permission::take_out,
     .raw = true,
     .cost = Cost::heavy,
     .parameters = kExport,
     .reply = {.form = Form::lines, .media = "application/octet-stream"},
     .answer = download,
     .tagged = false,
     .guarded = true},
    {.name = "exports.indicators",
     .path = "/api/v1/exports/indicators",
     .summary = "What rings at ban share, for others: no account, no payment; needs guards.sharing = \"on\" as well",
     .needs = Permission::share,
     .raw = true,
     .cost = Cost::heavy,
     .parameters = kShare,
     .reply = {.form = Form::lines, .media = "application/octet-stream"},
     .answer = share,
     .tagged = false,
     .guarded = true},
};

}  // namespace

std::span<const Route> export_routes() { return kRoutes; }

}  // namespace ringscope::server
