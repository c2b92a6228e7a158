#include "cli/snapshot_export.h"

#include <map>

#include <fmt/format.h>

#include "base/error.h"
#include "cli/provenance.h"
#include "cli/terminal.h"
#include "cli/text.h"
#include "engine/ask/run_view.h"
#include "engine/ask/snapshots.h"
#include "engine/ingest/bytes.h"
#include "engine/ingest/normalize.h"
#include "engine/json.h"
#include "storage/snapshots.h"

namespace ringscope::cli {
namespace {

const std::map<std::string, AddressMode> kAddresses = {
    {"prefix", AddressMode::prefix}, {"net", AddressMode::net}, {"token", AddressMode::token}};

Seconds jitter_of(const std::string& text) {
  const std::optional<Seconds> span = parse_duration(text);
  if (!span)
    throw Error(ErrorCode::usage, fmt::format("\"{}\" is no span of time, as 90s, 30m, 6h, 2d", text), "--jitter");
  return *span;
}

int export_release(const Globals& globals, const Globals& of, const SnapshotExport& options,
                   const ActivityGraph& graph) {
  const Config config = globals.config();
  ShareOptions share;
  share.release = options.release.empty() ? options.name : options.release;
  share.addresses = kAddresses.at(options.addresses);
  share.jitter = jitter_of(options.jitter);
  share.least = options.least;
  const auto store = open_store(of, OpenMode::read_only);
  const ShareSource source{RINGSCOPE_VERSION, source_commit(), asked_run(*store).digest, config_hash(config)};
  const std::vector<SharedFile> files =
      write_release(graph, trim(read_file(options.key.string())), share, source, options.out);
  if (globals.json) {
    Json list = Json::array();
    for (const SharedFile& file : files)
      list.push_back({{"name", file.name}, {"bytes", file.bytes}, {"sha256", file.sha256}});
    print_line(Json{{"schema", "ringscope.share/1"}, {"release", share.release}, {"files", list}}.dump());
    return 0;
  }
  Table table({{"file"}, {"rows", Align::right}, {"size", Align::right}, {"sha256", Align::left, 12}});
  for (const SharedFile& file : files)
    table.add({{file.name}, {file.rows > 0 ? thousands(file.rows) : ""}, {bytes_text(file.bytes)}, {file.sha256}});
  table.print();
  print_line(styled("Read README.md and risk.json before you give it away.", Style::dim));
  return 0;
}

}  // namespace

int export_snapshot(const Globals& globals, const SnapshotExport& options) {
  if (options.pseudonymous && options.key.empty())
    throw Error(ErrorCode::usage, "pseudonyms need a key: 'openssl rand -hex 32 > FILE' makes one", "--key");
  Globals of = globals;
  if (options.name != kLiveStore) {
    (void)snapshot_manifest(globals.db, options.name);  // says so when there is none
    of.db = snapshot_path(globals.db, options.name);
  }
  const auto store = open_store(of, OpenMode::read_only);
  GraphScope scope;
  scope.ring = options.ring;
  if (const RunSummary run = asked_run(*store); run.run != 0) scope.window = run.window;
  const ActivityGraph graph = build_graph(*store, scope);
  if (options.pseudonymous) return export_release(globals, of, options, graph);
  for (const std::filesystem::path& path : write_graph(graph, find_graph_format(options.format), options.out))
    print_line(fmt::format("{} and {} in {}", count_of(graph.nodes.size(), "node", "nodes"),
                           count_of(graph.edges.size(), "edge", "edges"), escaped(path.string())));
  return 0;
}

void add_snapshot_export(CLI::App& app, SnapshotExport& options) {
  app.add_option("NAME", options.name, "A snapshot, or live: the store itself")->required();
  app.add_option("--out", options.out, "File, or with --pseudonymous a directory")->required();
  app.add_option("--format", options.format, "Of the file, as of 'export --level graph'")->capture_default_str();
  app.add_option("--ring", options.ring, "Only this ring and what its members share");
  app.add_flag("--pseudonymous", options.pseudonymous,
               "Names that only the key's holder can trace back, without what is rare, with a report of the risk");
  app.add_option("--key", options.key, "File of the secret, 32 bytes or more: 'openssl rand -hex 32'");
  app.add_option("--release", options.release, "Its name; another gives other pseudonyms. Unless given: NAME");
  app.add_option("--addresses", options.addresses,
                 "prefix: names that keep common prefixes; net: of /24 and /48 alone; token: words")
      ->check(CLI::IsMember({"prefix", "net", "token"}))
      ->capture_default_str();
  app.add_option("--jitter", options.jitter, "Times are moved by up to this, either way")->capture_default_str();
  app.add_option("--least", options.least, "Accounts that a thing needs to be told of")
      ->check(CLI::Range(1, 1000000))
      ->capture_default_str();
}

}  // namespace ringscope::cli
