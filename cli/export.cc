#include "engine/export/export.h"

#include <chrono>
#include <ctime>
#include <optional>
#include <thread>

#include <fmt/format.h>
#include <spdlog/spdlog.h>

#include "base/error.h"
#include "cli/commands.h"
#include "cli/terminal.h"
#include "cli/text.h"
#include "cli/tiers.h"
#include "engine/ask/run_view.h"
#include "engine/export/export_set.h"
#include "engine/export/feed.h"
#include "engine/export/graph/graph.h"
#include "engine/release/spared.h"

namespace ringscope::cli {
namespace {

struct Options {
  std::vector<std::string> levels = {"accounts"};
  std::string format;
  std::vector<std::string> tiers;
  std::filesystem::path out, directory;
  std::string pack = "none";
  std::uint64_t after = 0;
  std::uint64_t limit = 0;
  bool page = false, follow = false, report = false;
  double every = 1;
  GraphScope graph{};  // of level graph

  bool of_links() const { return levels == std::vector<std::string>{"links"}; }
  bool of_graph() const { return of_links() || levels == std::vector<std::string>{"graph"}; }
};

// Without --format: the first there is for the level.
const ExportFormat& format_of(const Options& options, const std::string& level) {
  if (!options.format.empty()) return find_export_format(level, options.format);
  for (const ExportFormat& format : export_formats()) {
    if (format.level == level) return format;
  }
  return find_export_format(level, "");
}

std::string known_formats() {
  std::string text = "Levels and formats:\n";
  for (const ExportFormat& format : export_formats()) {
    text += fmt::format("  --level {:10} --format {:7} {}\n", format.level, format.name, format.summary);
  }
  for (const auto& [level, edges] :
       {std::pair("graph", GraphEdges::sightings), std::pair("links", GraphEdges::links)}) {
    for (const GraphFormat& format : graph_formats(edges))
      text += fmt::format("  --level {:10} --format {:7} {}\n", level, format.name, format.summary);
  }
  return text;
}

ExportFilter filter_of(const Globals& globals, const Options& options) {
  ExportFilter filter{tiers_of(options.tiers), options.after, options.limit, globals.config().guards.sharing == "on"};
  filter.report = options.report;
  return filter;
}

FeedQuery query_of(const Options& options, std::uint64_t after) {
  return {after, options.limit, tiers_of(options.tiers), options.levels.front() == "actions"};
}

void print_feed_line(std::string_view line) {
  print(line);
  print("\n");
}

// A page of the feed with the line that says how to go on, or what is wrong with the cursor.
int print_page(const Globals& globals, const Options& options) {
  const auto store = open_store(globals, OpenMode::read_only);
  if (const auto gap = feed_gap(*store, options.after)) {
    print_line(gap_to_json(*gap));
    throw Error(ErrorCode::not_found, gap->message, fmt::format("--after {}", options.after));
  }
  print_line(page_to_json(read_feed(*store, query_of(options, options.after), print_feed_line)));
  return 0;
}

// Until it is stopped. The store is opened anew each time, so another process may write meanwhile.
int follow_feed(const Globals& globals, const Options& options) {
  for (std::uint64_t after = options.after;;) {
    const auto store = open_store(globals, OpenMode::read_only);
    const FeedPage page = read_feed(*store, query_of(options, after), print_feed_line);
    if (options.page && page.next != after) print_line(page_to_json(page));
    after = page.next;
    std::fflush(stdout);
    if (!page.more) std::this_thread::sleep_for(std::chrono::duration<double>(options.every));
  }
}

// Rows about accounts say whom the allow-list spares; and of those that could be taken for an order, that they are
// none.
void prepare(const Globals& globals, const Store& store, const ExportFormat& format, std::optional<SparedNow>& spared,
             ExportFilter& filter) {
  if (format.level == "accounts")
    filter.spared = &spared.emplace(store, globals.config().detect.asn_table, std::time(nullptr)).spared();
  if (format.level == "indicators" && store.keyed())
    spdlog::warn("values of {} are stored keyed, and nobody else could know them again: they are not shared",
                 fmt::join(store.keyed()->kinds, ", "));
  if (lists_bans(format, filter) && !filter.report)
    spdlog::warn(
        "this is a report of who is at ban, not an order to ban anybody: no cap and no second person has looked at it. "
        "'ringscope release' gives orders, 'ringscope export --level actions' or 'bans' has them; --report says that "
        "you know");
}

// After what could be written is written.
void check_held_back(std::uint64_t bans) {
  if (bans == 0) return;
  throw Error(ErrorCode::refused,
              fmt::format("{} held back, for the kill switch is on; what takes back was written. Once it is off, ask "
                          "again with the same --after",
                          count_of(bans, "ban is", "bans are")));
}

int export_directory(const Globals& globals, const Options& options) {
  ExportSetOptions set{options.directory, {}, filter_of(globals, options)};
  set.packing = packing_of("." + (options.pack == "gzip" ? "gz" : options.pack == "zstd" ? std::string("zst") : ""));
  set.config_hash = config_hash(globals.config());
  set.version = RINGSCOPE_VERSION;
  for (const std::string& level : options.levels) set.formats.push_back(&format_of(options, level));
  const auto store = open_store(globals, OpenMode::read_only);
  std::uint64_t held_back = 0;
  set.filter.held_back = &held_back;
  std::optional<SparedNow> spared;
  for (const ExportFormat* format : set.formats) prepare(globals, *store, *format, spared, set.filter);
  const ExportSet written = export_set(*store, set);
  if (globals.json) print_line(manifest_to_json(written, set));
  for (const ExportedFile& file : written.files)
    spdlog::info("{} in {}", count_of(file.rows, "row", "rows"), escaped((options.directory / file.name).string()));
  check_held_back(held_back);
  return 0;
}

// Accounts and the things they touch, in the window of the latest run; or the accounts that it linked.
int export_graph(const Globals& globals, const Options& options) {
  const GraphEdges edges = options.of_links() ? GraphEdges::links : GraphEdges::sightings;
  const GraphFormat& format =
      options.format.empty() ? graph_formats(edges).front() : find_graph_format(options.format, edges);
  const auto store = open_store(globals, OpenMode::read_only);
  GraphScope scope = options.graph;
  if (const RunSummary run = asked_run(*store); run.run != 0) scope.window = run.window;
  const ActivityGraph graph = options.of_links() ? build_links(*store, scope) : build_graph(*store, scope);
  if (options.out.empty() || options.out == "-") {
    format.parts.front().write(graph, [](std::string_view bytes) { print(bytes); });
    return 0;
  }
  for (const std::filesystem::path& path : write_graph(graph, format, options.out)) {
    spdlog::info("{} and {} in {}", count_of(graph.nodes.size(), "node", "nodes"),
                 count_of(graph.edges.size(), "edge", "edges"), escaped(path.string()));
  }
  return 0;
}

void check(const Options& options) {
  if (!options.of_graph() && (!options.graph.ring.empty() || !options.graph.account.empty()))
    throw Error(ErrorCode::usage, "only a graph is of one ring or around an account", "--level graph or links");
  if (options.of_graph() && !options.directory.empty())
    throw Error(ErrorCode::usage, "a graph goes into a file: --out", "--dir");
  const bool feed =
      options.levels.size() == 1 && (options.levels.front() == "events" || options.levels.front() == "actions");
  if ((options.page || options.follow) && (!feed || !options.out.empty() || !options.directory.empty()))
    throw Error(ErrorCode::usage, "only the feed has pages and can be followed, on standard output",
                "--level events or actions");
  if ((options.page || options.follow) && !options.format.empty() && options.format != "jsonl")
    throw Error(ErrorCode::usage, "pages are of the feed's own lines", "--format jsonl");
  if (options.levels.size() > 1 && options.directory.empty())
    throw Error(ErrorCode::usage, "several levels go into a directory", "--dir");
  if (!options.out.empty() && !options.directory.empty())
    throw Error(ErrorCode::usage, "name a file or a directory, not both", "--out, --dir");
}

int run(const Globals& globals, const Options& options) {
  check(options);
  if (options.of_graph()) return export_graph(globals, options);
  if (options.follow) return follow_feed(globals, options);
  if (options.page) return print_page(globals, options);
  if (!options.directory.empty()) return export_directory(globals, options);
  const ExportFormat& format = format_of(options, options.levels.front());
  ExportFilter filter = filter_of(globals, options);
  const auto store = open_store(globals, OpenMode::read_only);
  std::uint64_t held_back = 0;
  filter.held_back = &held_back;
  std::optional<SparedNow> spared;
  prepare(globals, *store, format, spared, filter);
  if (options.out.empty() || options.out == "-") {
    export_run(*store, format, filter, ExportSink([](std::string_view bytes) { print(bytes); }));
    check_held_back(held_back);
    return 0;
  }
  const ExportReport report = export_run(*store, format, filter, options.out);
  spdlog::info("{} of run {} in {}", count_of(report.rows, "row", "rows"), report.run, escaped(options.out.string()));
  check_held_back(held_back);
  return 0;
}

}  // namespace

std::function<int()> setup_export(CLI::App& app, const Globals& globals) {
  const auto options = std::make_shared<Options>();
  app.add_option("--level", options->levels, "What a row is; several, comma-separated, with --dir")
      ->delimiter(',')
      ->expected(1)
      ->take_all()
      ->capture_default_str();
  app.add_option("--format", options->format, "How it is written; default: the first of the level");
  add_tier_option(app, options->tiers);
  app.add_option(
      "--out", options->out,
      "File, which appears in full or not at all, packed if it ends in .gz or .zst; default: standard output");
  app.add_option("--dir", options->directory, "Directory of one file a level, and last a manifest.json");
  app.add_option("--pack", options->pack, "How files of --dir are packed")
      ->check(CLI::IsMember({"none", "gzip", "zstd"}))
      ->capture_default_str();
  app.add_option("--after", options->after, "Only events with a greater number (seq)");
  app.add_option("--limit", options->limit, "No more than this many events; 0: all");
  app.add_flag("--page", options->page, "End with a line of next, more, high_water and halted");
  app.add_flag("--report", options->report,
               "Accounts at ban for people to read, whom no machine bans by it: also while the kill switch is on");
  app.add_flag("--follow", options->follow, "Go on as events come, until stopped");
  app.add_option("--every", options->every, "Seconds between two looks of --follow")
      ->check(CLI::Range(0.01, 3600.0))
      ->capture_default_str();
  app.add_option("--ring", options->graph.ring,
                 "Of a graph: only this ring and what its members share, or the links among them")
      ->type_name("RING");
  app.add_option("--account", options->graph.account, "Of a graph: only what lies around this account")
      ->type_name("ACCOUNT");
  app.add_option("--depth", options->graph.depth,
                 "Steps from the account; 2: those it shares a thing with, or links of links")
      ->check(CLI::Range(1, 20))
      ->capture_default_str();
  app.footer(known_formats());
  return [options, &globals] { return run(globals, *options); };
}

}  // namespace ringscope::cli
