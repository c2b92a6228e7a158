#include "engine/ingest/ingest.h"

#include <algorithm>

#include <fmt/format.h>
#include <spdlog/spdlog.h>

#include "cli/commands.h"
#include "cli/progress.h"
#include "cli/terminal.h"
#include "cli/text.h"
#include "engine/ingest/graph/graph_file.h"
#include "engine/json.h"

namespace ringscope::cli {
namespace {

constexpr int kSomeRejected = 3;
constexpr std::size_t kRejectsShown = 5;

std::string place_of(const Reject& reject) {
  return reject.field.empty() ? fmt::format("{}:{}", reject.label, reject.line)
                              : fmt::format("{}:{}: {}", reject.label, reject.line, reject.field);
}

void warn(const IngestReport& report, const Store& store) {
  const std::size_t shown = std::min(report.first_rejects.size(), kRejectsShown);
  for (std::size_t i = 0; i < shown; ++i) {
    const Reject& reject = report.first_rejects[i];
    spdlog::warn("{}: {}", escaped(place_of(reject)), escaped(reject.reason));
  }
  if (report.rejected > 0) {
    spdlog::warn("{} rejected; all are listed in {}", count_of(report.rejected, "line was", "lines were"),
                 store.rejects_directory().string());
  }
  for (const auto& [field, lines] : report.unknown_fields) {
    spdlog::info("field \"{}\" is unknown and was ignored in {}", escaped(field), count_of(lines, "line", "lines"));
  }
  if (report.suppressed > 0) {
    spdlog::info("{} of erased accounts passed over", count_of(report.suppressed, "line was", "lines were"));
  }
  for (const Name& name : report.collisions) {
    spdlog::warn("\"{}\" has the same key as another value and was taken for it", escaped(name.value));
  }
}

Json source_json(const SourceReport& source) {
  return {{"label", source.label},          {"bytes", source.bytes},       {"lines", source.lines},
          {"events", source.events},        {"rejected", source.rejected}, {"already_known", source.already_known},
          {"resumed_at", source.resumed_at}};
}

std::string report_json(const IngestReport& report) {
  Json json = {{"schema", "ringscope.ingest/1"},  {"events", report.events},     {"rejected", report.rejected},
               {"suppressed", report.suppressed}, {"accounts", report.accounts}, {"seconds", report.seconds}};
  Json& sources = json["sources"] = Json::array();
  for (const SourceReport& source : report.sources) sources.push_back(source_json(source));
  Json& rejects = json["rejects"] = Json::array();
  for (const Reject& reject : report.first_rejects) {
    rejects.push_back(
        {{"label", reject.label}, {"line", reject.line}, {"field", reject.field}, {"reason", reject.reason}});
  }
  Json& unknown = json["unknown_fields"] = Json::object();
  for (const auto& [field, lines] : report.unknown_fields) unknown[field] = lines;
  Json& collisions = json["collisions"] = Json::array();
  for (const Name& name : report.collisions) collisions.push_back(name.value);
  return json.dump(-1, ' ', false, Json::error_handler_t::replace);
}

std::string note_of(const SourceReport& source) {
  if (source.already_known) return "already known, nothing new";
  if (source.resumed_at > 0) return fmt::format("continued at byte {}", thousands(source.resumed_at));
  return "";
}

void print_report(const IngestReport& report) {
  Table table({{"source", Align::left, 20},
               {"events", Align::right},
               {"rejected", Align::right},
               {"read", Align::right},
               {""}});
  for (const SourceReport& source : report.sources) {
    const Style style = source.rejected > 0 ? Style::yellow : Style::plain;
    table.add({{source.label},
               {thousands(source.events)},
               {thousands(source.rejected), style},
               {bytes_text(source.bytes)},
               {note_of(source), Style::dim}});
  }
  table.print();
  const double rate = report.seconds > 0 ? static_cast<double>(report.events) / report.seconds : 0;
  print_line(fmt::format("{} of {} in {} ({} a second)", count_of(report.events, "event", "events"),
                         count_of(report.accounts, "account", "accounts"), duration_text(report.seconds),
                         thousands(static_cast<std::uint64_t>(rate))));
}

struct Options {
  std::vector<std::string> files;
  GraphFileOptions graph;
  std::string ends = "things";
};

int run(const Globals& globals, const Options& given) {
  const Config config = globals.config();
  const auto store = open_store(globals, OpenMode::create);
  IngestOptions options;
  options.threads = config.threads;
  options.memory_bytes = config.ingest_memory();
  IngestProgress counters;
  const IngestReport report = [&] {
    const Progress progress(globals, [&](double seconds) { return progress_line(counters, seconds); });
    if (given.graph.format.empty()) return ingest(*store, given.files, options, counters);
    GraphFileOptions graph = given.graph;
    graph.second = given.ends == "accounts" ? SecondEnd::account : SecondEnd::thing;
    return ingest_graphs(*store, given.files, graph, options, counters);
  }();
  warn(report, *store);
  if (globals.json) {
    print_line(report_json(report));
  } else {
    print_report(report);
  }
  return report.rejected > 0 ? kSomeRejected : 0;
}

}  // namespace

std::function<int()> setup_ingest(CLI::App& app, const Globals& globals) {
  const auto options = std::make_shared<Options>();
  app.add_option("FILE", options->files, "JSON Lines, CSV or Parquet, plain, .gz or .zst; - is standard input")
      ->required();
  const auto formats = graph_file_formats();
  app.add_option("--format", options->graph.format, "The files are graphs in this format; unless given: logs")
      ->check(CLI::IsMember(std::vector<std::string>(formats.begin(), formats.end())));
  app.add_option("--kind", options->graph.kind, "Of graphs: kind of the things, where the file does not say")
      ->capture_default_str();
  app.add_option("--ends", options->ends, "Of graphs: what edges lead to, where the file does not say")
      ->check(CLI::IsMember({"things", "accounts"}))
      ->capture_default_str();
  app.footer("Exit status 3: done, but some lines were rejected.");
  return [options, &globals] { return run(globals, *options); };
}

}  // namespace ringscope::cli
