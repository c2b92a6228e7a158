// The module's end: its functions, for the program that loads it (cli/late_tables.cc). The program has functions of the
// same names, so the module is linked with -Bsymbolic: here they are its own.
#include "cli/tables/tables.h"

const ringscope::cli::TableFunctions* ringscope_table_functions() {
  static constexpr ringscope::cli::TableFunctions functions{
      .parquet = ringscope::read_parquet,
      .parquet_rows = ringscope::read_parquet_rows,
      .parquet_edges = ringscope::read_parquet_edges,
      .arrow_edges = ringscope::read_arrow_edges,
      .accounts = ringscope::write_accounts_parquet,
      .rings = ringscope::write_rings_parquet,
      .evidence = ringscope::write_evidence_parquet,
      .shares = ringscope::write_shares_parquet,
      .graph_edges = ringscope::write_graph_edges_parquet,
      .graph_nodes = ringscope::write_graph_nodes_parquet,
      .graph_edges_arrow = ringscope::write_graph_edges_arrow,
      .graph_nodes_arrow = ringscope::write_graph_nodes_arrow,
  };
  return &functions;
}
