// A log whose graph is hard on every format, and graphs as sets of rows.
#pragma once

#include <optional>
#include <set>
#include <string>
#include <tuple>
#include <vector>

#include <fmt/format.h>

#include "base/random.h"
#include "engine/export/graph/graph.h"
#include "engine/ingest/graph/graph_file.h"

namespace ringscope::test {

// Two rings, strangers, and names that are hard on every format.
inline std::string graph_log() {
  std::string text;
  Random random(3);
  const auto line = [&](const std::string& account, int hour, const std::string& card, const std::string& device) {
    text += fmt::format(R"({{"ts":{},"account":"{}","payment":"{}","fingerprint":"{}"}})"
                        "\n",
                        1767225600 + 3600 * hour, account, card, device);
  };
  for (int ring = 0; ring < 2; ++ring) {
    for (int a = 0; a < 8; ++a) {
      for (int n = 0; n < 5; ++n)
        line(fmt::format("ring{}-{}", ring, a), 30 * n + a, fmt::format("card{}-{}", ring, random.below(2)),
             fmt::format("dev{}-{}", ring, random.below(3)));
    }
  }
  for (int a = 0; a < 60; ++a) line(fmt::format("user{}", a), a, fmt::format("c{}", a), fmt::format("d{}", a / 2));
  line("a,b \\\"q\\\" <&>", 1, "tab\\there", "back\\\\slash");
  line("über=1", 2, "c1", "d1");
  return text;
}

using Row =
    std::tuple<std::string, std::string, std::string, std::uint64_t, std::optional<Seconds>, std::optional<Seconds>>;

inline std::set<Row> rows_of(const ActivityGraph& graph, bool times) {
  std::set<Row> rows;
  for (const GraphEdge& edge : graph.edges) {
    const auto time = [&](Seconds t) { return times && t != kNoTime ? std::optional(t) : std::nullopt; };
    rows.emplace(graph.nodes[edge.account].label, graph.nodes[edge.thing].kind, graph.nodes[edge.thing].label,
                 edge.count, time(edge.first), time(edge.last));
  }
  return rows;
}

inline std::set<Row> rows_of(const std::vector<GraphRow>& read) {
  std::set<Row> rows;
  for (const GraphRow& row : read) rows.emplace(row.account, row.kind, row.value, row.count, row.first, row.last);
  return rows;
}

}  // namespace ringscope::test
