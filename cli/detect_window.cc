#include "cli/detect_window.h"

#include <fmt/format.h>

#include "base/error.h"
#include "base/time.h"

namespace ringscope::cli {
namespace {

int parse_window(const std::string& text) {
  if (text == "all") return 0;
  const auto seconds = parse_duration(text);
  if (!seconds || *seconds <= 0 || *seconds % kSecondsPerDay != 0) {
    throw Error(ErrorCode::usage, fmt::format("--window \"{}\" is no number of days; write 30d, or all", text));
  }
  return static_cast<int>(*seconds / kSecondsPerDay);
}

}  // namespace

void add_window_options(CLI::App& app, WindowOptions& options) {
  app.add_option("--window", options.window, "Days up to --as-of, as 30d; or all (the default)");
  app.add_option("--as-of", options.as_of, "Last day of the window; default: the last day with data");
}

void apply(const WindowOptions& options, DetectConfig& config) {
  if (!options.window.empty()) config.window_days = parse_window(options.window);
  if (options.as_of.empty()) return;
  if (!parse_time(options.as_of)) {
    throw Error(ErrorCode::usage,
                fmt::format("--as-of \"{}\" is no time; write 2026-01-31 or 2026-01-31T12:00:00Z", options.as_of));
  }
  config.as_of = options.as_of;
}

}  // namespace ringscope::cli
