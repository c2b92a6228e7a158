#include "engine/ingest/graph/graph_file.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <filesystem>
#include <fstream>

#include <fmt/format.h>
#include <unistd.h>

#include "base/error.h"
#include "engine/ingest/bytes.h"
#include "engine/ingest/event.h"
#include "engine/ingest/normalize.h"

namespace ringscope {
namespace {

constexpr std::array<std::string_view, 6> kFormats = {"edgelist", "mtx", "graphml", "gexf", "parquet", "arrow"};
constexpr std::size_t kMostName = 512;  // bytes of an account
constexpr double kMostCount = 4294967295.0;

std::string csv_of(std::string_view text) {
  std::string out = "\"";
  for (const char c : text) {
    if (c == '"') out += '"';
    out += c;
  }
  return out + "\"";
}

// Rows of a long log: the first sighting and the last.
std::string log_of(const std::vector<GraphRow>& rows) {
  std::string log = "account,kind,value,count,ts\n";
  for (const GraphRow& row : rows) {
    const std::string names = fmt::format("{},{},{}", csv_of(row.account), csv_of(row.kind), csv_of(row.value));
    const bool twice = row.count > 1 && row.last && row.last != row.first;
    log += fmt::format("{},{},{}\n", names, twice ? row.count - 1 : row.count,
                       row.first ? fmt::format("{}", *row.first) : "");
    if (twice) log += fmt::format("{},1,{}\n", names, *row.last);
  }
  return log;
}

// A file beside the store's, gone with the object.
class Scratch {
 public:
  Scratch(const Store& store, std::size_t number, const std::string& text)
      : path_(store.path() / fmt::format("import-{}-{}.csv", ::getpid(), number)) {
    std::ofstream file(path_, std::ios::binary);
    file << text;
    if (!file.flush()) throw Error(ErrorCode::io, "cannot write a temporary file", path_.string());
  }
  ~Scratch() {
    std::error_code ignored;
    std::filesystem::remove(path_, ignored);
  }
  Scratch(const Scratch&) = delete;
  Scratch& operator=(const Scratch&) = delete;
  std::string path() const { return path_.string(); }

 private:
  std::filesystem::path path_;
};

}  // namespace

std::span<const std::string_view> graph_file_formats() { return kFormats; }

std::filesystem::path part_path(const std::filesystem::path& main, std::string_view infix, std::string_view suffix) {
  if (infix.empty()) return main;
  std::filesystem::path path = main;
  std::string packing = path.extension().string();
  if (packing != ".gz" && packing != ".zst") packing.clear();
  if (!packing.empty()) path.replace_extension();
  const std::string own = path.extension().string();
  return path.replace_extension(fmt::format(".{}{}{}", infix, suffix.empty() ? own : suffix, packing));
}

void GraphRows::fail(std::uint64_t line, std::string_view field, const std::string& reason) const {
  throw Error(ErrorCode::input, fmt::format("{}:{}: {}: {}", path_, line, field, reason));
}

std::uint64_t GraphRows::count(std::string_view text, std::uint64_t line, std::string_view field) const {
  double value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size() || !std::isfinite(value))
    fail(line, field, fmt::format("\"{}\" is no number", text));
  if (value < 0 || value > kMostCount) fail(line, field, fmt::format("{} is not from 0 to 4294967295", text));
  return std::max<std::uint64_t>(1, static_cast<std::uint64_t>(std::llround(value)));
}

std::optional<Seconds> GraphRows::time(std::string_view text, std::uint64_t line, std::string_view field) const {
  if (text.empty()) return std::nullopt;
  const std::optional<Seconds> time = parse_time(text);
  if (!time) fail(line, field, fmt::format("\"{}\" is no time: seconds or RFC 3339", text));
  return time;
}

void GraphRows::add(GraphRow row, std::uint64_t line) {
  if (trim(row.account).empty()) fail(line, "account", "is empty");
  if (row.account.size() > kMostName) fail(line, "account", fmt::format("is longer than {} bytes", kMostName));
  if (trim(row.kind).empty()) fail(line, "kind", "is empty");
  if (std::ranges::find(kReservedKinds, row.kind) != kReservedKinds.end())
    fail(line, "kind", fmt::format("\"{}\" is the store's own; choose another with --kind", row.kind));
  if (trim(row.value).empty()) fail(line, "value", "is empty");
  rows_.push_back(std::move(row));
}

void GraphRows::add_pair(std::string_view source, std::string_view target, GraphRow row, std::uint64_t line) {
  if (row.kind.empty()) row.kind = options_.kind;
  if (source == target) return;  // an account shares nothing with itself
  row.value = source < target ? fmt::format("{}--{}", source, target) : fmt::format("{}--{}", target, source);
  row.account = source;
  add(row, line);
  row.account = target;
  add(std::move(row), line);
}

void GraphRows::add_plain(std::string_view source, std::string_view target, GraphRow row, std::uint64_t line) {
  if (trim(source).empty()) fail(line, "source", "is empty");
  if (trim(target).empty()) fail(line, "target", "is empty");
  if (options_.second == SecondEnd::account) return add_pair(source, target, std::move(row), line);
  if (row.kind.empty()) row.kind = options_.kind;
  row.account = source;
  row.value = target;
  add(std::move(row), line);
}

std::vector<GraphRow> read_graph_file(const std::string& path, const GraphFileOptions& options) {
  const std::string text = read_file(path);
  GraphRows rows(path, options);
  if (options.format == "edgelist") {
    read_edge_list(text, rows);
  } else if (options.format == "mtx") {
    read_matrix_market(text, rows);
  } else if (options.format == "graphml") {
    read_graphml(text, rows);
  } else if (options.format == "gexf") {
    read_gexf(text, rows);
  } else if (options.format == "parquet") {
    read_parquet_edges(text, rows);
  } else if (options.format == "arrow") {
    read_arrow_edges(text, rows);
  } else {
    throw Error(ErrorCode::usage, fmt::format("no file of graphs is called \"{}\"", options.format), "--format");
  }
  return std::move(rows).take();
}

IngestReport ingest_graphs(Store& store, std::span<const std::string> files, const GraphFileOptions& graph,
                           const IngestOptions& options, IngestProgress& progress) {
  std::vector<std::unique_ptr<Scratch>> scratch;
  std::vector<std::string> paths;
  for (const std::string& file : files) {
    scratch.push_back(std::make_unique<Scratch>(store, scratch.size(), log_of(read_graph_file(file, graph))));
    paths.push_back(scratch.back()->path());
  }
  IngestReport report = ingest(store, paths, options, progress);
  for (std::size_t i = 0; i < report.sources.size() && i < files.size(); ++i) {
    for (Reject& reject : report.first_rejects) {
      if (reject.label == report.sources[i].label) reject.label = files[i];
    }
    report.sources[i].label = files[i];
  }
  return report;
}

}  // namespace ringscope
