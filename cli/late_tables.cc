// The engine's functions for Parquet and Arrow IPC, as the program has them: each loads the module with Arrow's
// libraries, once, and calls what that has under the same name. Linked in place of the engine's own.
#ifdef RINGSCOPE_TABLES
#include <dlfcn.h>

#include "base/error.h"
#include "cli/tables/tables.h"

namespace ringscope {
namespace {

// Beside the program, or where it is installed: the program's run path says. Throws Error not_found.
const cli::TableFunctions& load() {
  void* const module = dlopen(RINGSCOPE_TABLES, RTLD_NOW | RTLD_LOCAL);
  using Entry = decltype(&ringscope_table_functions);
  const auto entry = module == nullptr ? nullptr : reinterpret_cast<Entry>(dlsym(module, "ringscope_table_functions"));
  if (entry == nullptr) {
    throw Error(ErrorCode::not_found, std::string("cannot read or write Parquet or Arrow: ") + dlerror(),
                RINGSCOPE_TABLES);
  }
  return *entry();
}

const cli::TableFunctions& tables() {
  static const cli::TableFunctions& functions = load();
  return functions;
}

}  // namespace

SourceResult read_parquet(IngestJob& job, BatchWriter& writer, const std::string& path, const std::string& label,
                          std::uint64_t size, const Recognition& start) {
  return tables().parquet(job, writer, path, label, size, start);
}
void read_parquet_rows(const std::string& path, const std::string& label,
                       const std::function<LineSink&(const Layout& layout)>& open) {
  tables().parquet_rows(path, label, open);
}
void read_parquet_edges(const std::string& bytes, GraphRows& rows) { tables().parquet_edges(bytes, rows); }
void read_arrow_edges(const std::string& bytes, GraphRows& rows) { tables().arrow_edges(bytes, rows); }

std::uint64_t write_accounts_parquet(const RingSource& rings, const ExportFilter& filter, const ExportSink& sink) {
  return tables().accounts(rings, filter, sink);
}
std::uint64_t write_rings_parquet(const RingSource& rings, const ExportFilter& filter, const ExportSink& sink) {
  return tables().rings(rings, filter, sink);
}
std::uint64_t write_evidence_parquet(const RingSource& rings, const ExportFilter& filter, const ExportSink& sink) {
  return tables().evidence(rings, filter, sink);
}
std::uint64_t write_shares_parquet(const Store& store, const ExportFilter& filter, const ExportSink& sink) {
  return tables().shares(store, filter, sink);
}

void write_graph_edges_parquet(const ActivityGraph& graph, const GraphSink& sink) { tables().graph_edges(graph, sink); }
void write_graph_nodes_parquet(const ActivityGraph& graph, const GraphSink& sink) { tables().graph_nodes(graph, sink); }
void write_graph_edges_arrow(const ActivityGraph& graph, const GraphSink& sink) {
  tables().graph_edges_arrow(graph, sink);
}
void write_graph_nodes_arrow(const ActivityGraph& graph, const GraphSink& sink) {
  tables().graph_nodes_arrow(graph, sink);
}

}  // namespace ringscope
#endif
