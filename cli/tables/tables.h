// What the program does with Arrow C++: Parquet and Arrow IPC. Arrow's libraries take longer to load than most commands
// to answer, so they are in a module of their own, which is loaded when the first such file is read or written.
#pragma once

#include "engine/export/graph/graph.h"
#include "engine/export/shares.h"
#include "engine/ingest/graph/graph_file.h"
#include "engine/ingest/parquet_source.h"

namespace ringscope::cli {

// The engine's functions, as the module has them.
struct TableFunctions {
  decltype(&read_parquet) parquet = nullptr;
  decltype(&read_parquet_rows) parquet_rows = nullptr;
  decltype(&read_parquet_edges) parquet_edges = nullptr;
  decltype(&read_arrow_edges) arrow_edges = nullptr;
  decltype(&write_accounts_parquet) accounts = nullptr;
  decltype(&write_rings_parquet) rings = nullptr;
  decltype(&write_evidence_parquet) evidence = nullptr;
  decltype(&write_shares_parquet) shares = nullptr;
  decltype(&write_graph_edges_parquet) graph_edges = nullptr;
  decltype(&write_graph_nodes_parquet) graph_nodes = nullptr;
  decltype(&write_graph_edges_arrow) graph_edges_arrow = nullptr;
  decltype(&write_graph_nodes_arrow) graph_nodes_arrow = nullptr;
};

}  // namespace ringscope::cli

// What the module is asked for.
extern "C" [[gnu::visibility("default")]] const ringscope::cli::TableFunctions* ringscope_table_functions();
