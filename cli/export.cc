#include "engine/export/export.h"

#include <fmt/format.h>
#include <spdlog/spdlog.h>

#include "cli/commands.h"
#include "cli/terminal.h"
#include "cli/text.h"
#include "cli/tiers.h"

namespace ringscope::cli {
namespace {

struct Options {
  std::string level = "accounts";
  std::string format;
  std::vector<std::string> tiers;
  std::filesystem::path out;
  std::uint64_t after = 0;
  std::uint64_t limit = 0;
};

// Without --format: the first there is for the level.
std::string format_of(const Options& options) {
  if (!options.format.empty()) return options.format;
  for (const ExportFormat& format : export_formats()) {
    if (format.level == options.level) return std::string(format.name);
  }
  return "";
}

std::string known_formats() {
  std::string text = "Levels and formats:\n";
  for (const ExportFormat& format : export_formats()) {
    text += fmt::format("  --level {:8} --format {:6} {}\n", format.level, format.name, format.summary);
  }
  return text;
}

int run(const Globals& globals, const Options& options) {
  const ExportFormat& format = find_export_format(options.level, format_of(options));
  const ExportFilter filter{tiers_of(options.tiers), options.after, options.limit};
  const auto store = open_store(globals, OpenMode::read_only);
  if (options.out.empty() || options.out == "-") {
    export_run(*store, format, filter, ExportSink([](std::string_view bytes) { print(bytes); }));
    return 0;
  }
  const ExportReport report = export_run(*store, format, filter, options.out);
  spdlog::info("{} of run {} in {}", count_of(report.rows, "row", "rows"), report.run, escaped(options.out.string()));
  return 0;
}

}  // namespace

std::function<int()> setup_export(CLI::App& app, const Globals& globals) {
  const auto options = std::make_shared<Options>();
  app.add_option("--level", options->level, "What a row is")->capture_default_str();
  app.add_option("--format", options->format, "How it is written; default: the first of the level");
  add_tier_option(app, options->tiers);
  app.add_option("--out", options->out, "File, which appears in full or not at all; default: standard output");
  app.add_option("--after", options->after, "Only events with a greater number (seq)");
  app.add_option("--limit", options->limit, "No more than this many events; 0: all");
  app.footer(known_formats());
  return [options, &globals] { return run(globals, *options); };
}

}  // namespace ringscope::cli
