#include <chrono>

#include <fmt/format.h>
#include <spdlog/spdlog.h>

#include "cli/commands.h"
#include "cli/terminal.h"
#include "cli/text.h"
#include "engine/ask/score/index_watch.h"
#include "engine/ask/score/score_stream.h"

namespace ringscope::cli {
namespace {

constexpr int kSomeRejected = 3;
constexpr std::chrono::milliseconds kLookEvery{1000};

struct Options {
  std::string file = "-";
  bool follow = false;
};

std::unique_ptr<RingIndex> open_index(const Globals& globals, const Config& config) {
  return std::make_unique<RingIndex>(open_store(globals, OpenMode::read_only), config.index_values());
}

void report_to_log(const ScoreReport& report, const Scorer& scorer, double seconds) {
  for (const auto& [field, lines] : report.unknown_fields)
    spdlog::info("field \"{}\" is unknown and was ignored in {}", escaped(field), count_of(lines, "line", "lines"));
  if (scorer.forgotten() > 0) {
    spdlog::info("{} forgotten, the longest unseen first, to keep within --memory",
                 count_of(scorer.forgotten(), "account was", "accounts were"));
  }
  spdlog::info("{} in {}: {} ban, {} review, {} watch; {} rejected", count_of(report.answered, "answer", "answers"),
               duration_text(seconds), thousands(report.ban), thousands(report.review), thousands(report.watch),
               thousands(report.rejected));
}

int run(const Globals& globals, const Options& options) {
  const Config config = globals.config();
  const OperatorLists lists(config.facets, config.detect.asn_table);
  const auto start = std::chrono::steady_clock::now();
  Scorer scorer(open_index(globals, config), lists, {.memory_bytes = config.account_memory()});
  std::unique_ptr<IndexWatch> watch;
  ScoreOutput output;
  output.answer = [](std::string_view line) { print_line(line); };
  if (options.follow) {
    watch =
        std::make_unique<IndexWatch>([&] { return open_index(globals, config); }, globals.db, scorer.run(), kLookEvery);
    output.flush = [] { (void)std::fflush(stdout); };
    output.before_line = [&] {
      if (auto index = watch->newer()) scorer.use(std::move(index));
    };
  }
  const ScoreReport report = score_stream(options.file, scorer, {.follow = options.follow}, output);
  report_to_log(report, scorer, std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count());
  return report.rejected > 0 ? kSomeRejected : 0;
}

}  // namespace

std::function<int()> setup_score(CLI::App& app, const Globals& globals) {
  const auto options = std::make_shared<Options>();
  app.add_option("FILE", options->file,
                 "Accounts, sign-ups or requests, with the fields of ingest; - is standard input")
      ->capture_default_str();
  app.add_flag("--follow", options->follow, "Answer each line at once, and look for newer detections meanwhile");
  app.footer(
      "Prints one JSON document a line of input, in order. Exit status 3: some lines were answered with an error.");
  return [options, &globals] { return run(globals, *options); };
}

}  // namespace ringscope::cli
