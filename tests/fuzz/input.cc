// Logs: text of any notation, compressed or not, up to what a line becomes. Bombs are bounded by reading no more than a
// megabyte of what comes out.
#include <algorithm>
#include <cstring>
#include <string>

#include "base/error.h"
#include "engine/ingest/block_reader.h"
#include "engine/ingest/bytes.h"
#include "engine/ingest/csv_reader.h"
#include "engine/ingest/csv_record.h"
#include "engine/ingest/graph/graph_file.h"
#include "engine/ingest/json_reader.h"
#include "engine/ingest/layout.h"
#include "tests/fuzz/sink.h"
#include "tests/fuzz/targets.h"

namespace ringscope::fuzz {
namespace {

// Gives at most seven bytes at once, so that every border is met.
class MemoryBytes final : public Bytes {
 public:
  explicit MemoryBytes(std::string_view bytes, std::size_t piece = SIZE_MAX) : bytes_(bytes), piece_(piece) {}
  std::size_t read(std::span<char> into) override {
    const std::size_t got = std::min({into.size(), bytes_.size(), piece_});
    std::memcpy(into.data(), bytes_.data(), got);
    bytes_.remove_prefix(got);
    return got;
  }

 private:
  std::string_view bytes_;
  std::size_t piece_;
};

void read_text(std::string_view text, std::size_t piece) {
  const Layout layout = detect_layout(text.substr(0, kHeadBytes), "fuzz");
  if (layout.notation == Notation::nothing) return;
  MemoryBytes bytes(text, piece);
  BlockReader reader(bytes, layout.notation, {4096, kMostLine, BlockKind::tail}, {}, '\n');
  reader.skip(layout.body_begin, layout.body_lines);
  JsonReader json;
  CsvReader csv;
  Sink sink;
  BlockBuffer buffer;
  Block block;
  std::uint64_t number = 0;
  while (reader.next(buffer, block)) {
    require(block.number == number++, "blocks are numbered in order");
    if (block.kind == BlockKind::overlong || block.kind == BlockKind::continuation) continue;
    if (layout.notation == Notation::csv) {
      csv.read(block, layout, sink);
    } else {
      json.read(block, sink);
    }
  }
  require(reader.at_end(), "a source is read to its end");
}

std::string unpacked(std::string_view bytes) {
  const Compression compression = detect_compression(bytes.substr(0, 4));
  MemoryBytes raw(bytes);
  const auto text = decompressor(compression, raw, "fuzz");
  if (!text) return std::string(bytes.substr(0, kMost));
  const std::string out = read_up_to(*text, kMost);
  require(out.size() <= kMost, "no more comes out than was asked for");
  return out;
}

}  // namespace

void run_log(std::string_view bytes) {
  try {
    const std::string text = unpacked(bytes);
    read_text(text, SIZE_MAX);
    if (text.size() < 4096) read_text(text, 7);
  } catch (const Error&) {
  }
}

void run_csv(std::string_view bytes) {
  const std::string text = "account,ts,ip,payment,kind,value,count\n" + std::string(bytes);
  try {
    read_text(text, SIZE_MAX);
  } catch (const Error&) {
  }
}

void run_decompress(std::string_view bytes) {
  for (const Compression compression : {Compression::gzip, Compression::zstd}) {
    try {
      MemoryBytes raw(bytes, 5);
      (void)read_up_to(*decompressor(compression, raw, "fuzz"), kMost);
    } catch (const Error&) {
    }
  }
}

// The first byte says of which format, and what the second end of an edge is.
void run_graph(std::string_view bytes) {
  if (bytes.empty()) return;
  const auto which = static_cast<unsigned char>(bytes.front());
  const std::string path = "fuzz", text(bytes.substr(1));
  const GraphFileOptions options{.format = std::string(graph_file_formats()[which % 4]),
                                 .second = which % 8 < 4 ? SecondEnd::thing : SecondEnd::account};
  GraphRows rows(path, options);
  try {
    if (options.format == "edgelist") read_edge_list(text, rows);
    if (options.format == "graphml") read_graphml(text, rows);
    if (options.format == "gexf") read_gexf(text, rows);
    if (options.format == "mtx") read_matrix_market(text, rows);
    for (const GraphRow& row : std::move(rows).take()) {
      require(!row.account.empty() && !row.kind.empty() && !row.value.empty(), "a row has an account and a thing");
      require(row.count >= 1, "a count is at least 1");
    }
  } catch (const Error& error) {
    require(error.code() == ErrorCode::input || error.code() == ErrorCode::io, "a damaged file is told as such");
  }
}

}  // namespace ringscope::fuzz
