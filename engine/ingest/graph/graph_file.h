// Files of graphs as sightings: an edge between an account and a thing is a long row of a log, one between two accounts
// a thing that both have.
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "engine/ingest/ingest.h"

namespace ringscope {

// What the second end of an edge is, in files that do not say of which type their nodes are.
enum class SecondEnd { thing, account };

struct GraphFileOptions {
  std::string format;                   // "edgelist", "mtx", "graphml", "gexf", "parquet", "arrow"
  SecondEnd second = SecondEnd::thing;  // account: each edge is a thing that its two ends share
  std::string kind = "edge";            // of the things, where the file does not say
};

// A row: an account touched a thing `count` times.
struct GraphRow {
  std::string account, kind, value;
  std::uint64_t count = 1;
  std::optional<Seconds> first{}, last{};
  friend bool operator==(const GraphRow&, const GraphRow&) = default;
};

std::span<const std::string_view> graph_file_formats();

// Reads a file, plain or compressed, into memory (its rows, and of XML its tree, of Parquet and Arrow its columns).
// Throws Error input, naming file, line and field; usage for a format that there is not.
std::vector<GraphRow> read_graph_file(const std::string& path, const GraphFileOptions& options);

// Reads such files into the store, as ingest() reads logs: what was read before is not read again.
IngestReport ingest_graphs(Store& store, std::span<const std::string> files, const GraphFileOptions& graph,
                           const IngestOptions& options, IngestProgress& progress);

// Of a graph in several files, the one beside `main`: its name has the infix before the suffix, and is packed likewise,
// as g.mtx.gz has g.rows.txt.gz. Without an infix `main` itself; without a suffix that of `main`.
std::filesystem::path part_path(const std::filesystem::path& main, std::string_view infix, std::string_view suffix);

// -- for the readers: one a format
class GraphRows {
 public:
  GraphRows(const std::string& path, const GraphFileOptions& options) : path_(path), options_(options) {}
  const std::string& path() const { return path_; }
  const GraphFileOptions& options() const { return options_; }
  [[noreturn]] void fail(std::uint64_t line, std::string_view field, const std::string& reason) const;

  // A whole number from 1; a real one is rounded. Throws fail().
  std::uint64_t count(std::string_view text, std::uint64_t line, std::string_view field) const;
  // Nothing for an empty text. Throws fail().
  std::optional<Seconds> time(std::string_view text, std::uint64_t line, std::string_view field) const;
  // An edge between two accounts: a thing of the row's kind (options().kind) that both have. Throws fail().
  void add_pair(std::string_view source, std::string_view target, GraphRow row, std::uint64_t line);
  // An edge of a file that does not say what its ends are. Throws fail() for an empty end.
  void add_plain(std::string_view source, std::string_view target, GraphRow row, std::uint64_t line);
  // An account and a thing. Throws fail() for what the store would not take.
  void add(GraphRow row, std::uint64_t line);
  std::vector<GraphRow> take() && { return std::move(rows_); }

 private:
  const std::string& path_;
  const GraphFileOptions& options_;
  std::vector<GraphRow> rows_;
};
void read_edge_list(std::string_view text, GraphRows& rows);
void read_matrix_market(std::string_view text, GraphRows& rows);
void read_graphml(const std::string& text, GraphRows& rows);
void read_gexf(const std::string& text, GraphRows& rows);
// Tables with named columns, as edge lists have them. Throws Error usage in a program that was built without Arrow C++.
void read_parquet_edges(const std::string& bytes, GraphRows& rows);
void read_arrow_edges(const std::string& bytes, GraphRows& rows);

}  // namespace ringscope
