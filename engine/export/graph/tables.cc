// Edges and nodes as tables: Parquet and Arrow IPC files (https://arrow.apache.org/docs/format/Columnar.html), for
// DuckDB, polars, pandas, R.
#include "base/error.h"
#include "engine/export/graph/graph.h"

#ifdef RINGSCOPE_HAS_PARQUET

#include <arrow/ipc/writer.h>
#include <parquet/arrow/writer.h>

#include "engine/export/arrow_internal.h"

namespace ringscope {
namespace {

constexpr std::int64_t kRows = std::int64_t{1} << 16;

// A column of `rows` by value(row), which may say nothing.
template <class Builder, class Rows, class Get>
std::shared_ptr<arrow::Array> column(Builder builder, const Rows& rows, const Get& get) {
  check(builder.Reserve(static_cast<std::int64_t>(rows.size())));
  for (const auto& row : rows) get(builder, row);
  return must(builder.Finish());
}

std::shared_ptr<arrow::DataType> moment() { return arrow::timestamp(arrow::TimeUnit::SECOND, "UTC"); }

void add_time(arrow::TimestampBuilder& builder, Seconds time) {
  check(time == kNoTime ? builder.AppendNull() : builder.Append(time));
}

std::shared_ptr<arrow::Table> link_table(const ActivityGraph& graph) {
  const auto text = [&](std::uint32_t GraphEdge::*end) {
    return column(arrow::StringBuilder(), graph.edges, [&](arrow::StringBuilder& to, const GraphEdge& edge) {
      check(to.Append(graph.nodes[edge.*end].label));
    });
  };
  const auto schema = arrow::schema({arrow::field("source", arrow::utf8()), arrow::field("target", arrow::utf8()),
                                     arrow::field("weight", arrow::float32())});
  return arrow::Table::Make(
      schema, {text(&GraphEdge::account), text(&GraphEdge::thing),
               column(arrow::FloatBuilder(), graph.edges,
                      [](arrow::FloatBuilder& to, const GraphEdge& edge) { check(to.Append(edge.weight)); })});
}

std::shared_ptr<arrow::Table> edge_table(const ActivityGraph& graph) {
  if (graph.of == GraphEdges::links) return link_table(graph);
  const auto text = [&](auto get) {
    return column(arrow::StringBuilder(), graph.edges,
                  [&](arrow::StringBuilder& to, const GraphEdge& edge) { check(to.Append(get(edge))); });
  };
  const auto time = [&](Seconds GraphEdge::*field) {
    return column(arrow::TimestampBuilder(moment(), arrow::default_memory_pool()), graph.edges,
                  [&](arrow::TimestampBuilder& to, const GraphEdge& edge) { add_time(to, edge.*field); });
  };
  const auto schema = arrow::schema({arrow::field("account", arrow::utf8()), arrow::field("kind", arrow::utf8()),
                                     arrow::field("value", arrow::utf8()), arrow::field("count", arrow::int64()),
                                     arrow::field("ts", moment()), arrow::field("last", moment())});
  return arrow::Table::Make(schema,
                            {text([&](const GraphEdge& e) { return std::string_view(graph.nodes[e.account].label); }),
                             text([&](const GraphEdge& e) { return std::string_view(graph.nodes[e.thing].kind); }),
                             text([&](const GraphEdge& e) { return std::string_view(graph.nodes[e.thing].label); }),
                             column(arrow::Int64Builder(), graph.edges,
                                    [](arrow::Int64Builder& to, const GraphEdge& e) {
                                      check(to.Append(static_cast<std::int64_t>(e.count)));
                                    }),
                             time(&GraphEdge::first), time(&GraphEdge::last)});
}

std::shared_ptr<arrow::Table> node_table(const ActivityGraph& graph) {
  const auto text = [&](std::string GraphNode::*field, bool empty_is_null) {
    return column(arrow::StringBuilder(), graph.nodes, [&](arrow::StringBuilder& to, const GraphNode& node) {
      check(empty_is_null && (node.*field).empty() ? to.AppendNull() : to.Append(node.*field));
    });
  };
  const auto real = [&](double GraphNode::*field) {
    return column(arrow::DoubleBuilder(), graph.nodes,
                  [&](arrow::DoubleBuilder& to, const GraphNode& node) { check(to.Append(node.*field)); });
  };
  const auto schema = arrow::schema({arrow::field("id", arrow::utf8()), arrow::field("kind", arrow::utf8()),
                                     arrow::field("label", arrow::utf8()), arrow::field("ring", arrow::utf8()),
                                     arrow::field("tier", arrow::utf8()), arrow::field("score", arrow::float64()),
                                     arrow::field("bits", arrow::float64()), arrow::field("x", arrow::float64()),
                                     arrow::field("y", arrow::float64())});
  return arrow::Table::Make(schema,
                            {text(&GraphNode::id, false), text(&GraphNode::kind, false), text(&GraphNode::label, false),
                             text(&GraphNode::ring, true), text(&GraphNode::tier, true), real(&GraphNode::score),
                             real(&GraphNode::bits), real(&GraphNode::x), real(&GraphNode::y)});
}

void write_parquet(const std::shared_ptr<arrow::Table>& table, const GraphSink& sink) {
  check(parquet::arrow::WriteTable(*table, arrow::default_memory_pool(), std::make_shared<ArrowSink>(sink), kRows,
                                   parquet_properties()));
}

void write_ipc(const std::shared_ptr<arrow::Table>& table, const GraphSink& sink) {
  const auto stream = std::make_shared<ArrowSink>(sink);
  const auto writer = must(arrow::ipc::MakeFileWriter(stream, table->schema()));
  check(writer->WriteTable(*table, kRows));
  check(writer->Close());
}

}  // namespace

void write_graph_edges_parquet(const ActivityGraph& graph, const GraphSink& sink) {
  write_parquet(edge_table(graph), sink);
}
void write_graph_nodes_parquet(const ActivityGraph& graph, const GraphSink& sink) {
  write_parquet(node_table(graph), sink);
}
void write_graph_edges_arrow(const ActivityGraph& graph, const GraphSink& sink) { write_ipc(edge_table(graph), sink); }
void write_graph_nodes_arrow(const ActivityGraph& graph, const GraphSink& sink) { write_ipc(node_table(graph), sink); }

}  // namespace ringscope

#else

namespace ringscope {
namespace {

[[noreturn]] void refuse() {
  throw Error(ErrorCode::usage, "this program was built without Arrow C++", "--format parquet or arrow");
}

}  // namespace

void write_graph_edges_parquet(const ActivityGraph&, const GraphSink&) { refuse(); }
void write_graph_nodes_parquet(const ActivityGraph&, const GraphSink&) { refuse(); }
void write_graph_edges_arrow(const ActivityGraph&, const GraphSink&) { refuse(); }
void write_graph_nodes_arrow(const ActivityGraph&, const GraphSink&) { refuse(); }

}  // namespace ringscope

#endif
