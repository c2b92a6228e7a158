#include <algorithm>
#include <map>
#include <optional>
#include <unordered_map>
#include <unordered_set>

#include <fmt/format.h>

#include "base/error.h"
#include "engine/ask/account.h"
#include "engine/ask/read_run.h"
#include "engine/ask/run_view.h"
#include "engine/export/graph/graph.h"
#include "engine/export/graph/place.h"
#include "engine/load/snapshot.h"

namespace ringscope {
namespace {

// What is taken in of the store.
struct Wanted {
  bool all = false;
  std::vector<KeyHash> accounts{};   // ascending; unless all
  std::map<VertexKey, bool> only{};  // things; empty: all that the accounts touch
  std::size_t least = 1;             // accounts in the graph that a thing needs, unless it is in `always`
  std::map<VertexKey, bool> always{};
};

struct Row {
  KeyHash account = 0;
  VertexKey thing;
  GraphEdge edge;
};

void add_day(GraphEdge& edge, Day day) {
  if (day == kNoDay) return;
  if (!edge.days.empty() && edge.days.back().second + 1 >= day) {
    edge.days.back().second = std::max(edge.days.back().second, day);
  } else {
    edge.days.emplace_back(day, day);
  }
}

class Builder {
 public:
  Builder(const Store& store, const GraphScope& scope) : store_(store), scope_(scope), run_(asked_run(store)) {
    for (const KindInfo& kind : store.kinds()) {
      if (is_layer_kind(kind.name)) kinds_.emplace(kind.id, kind.name);
    }
  }

  ActivityGraph build() && {
    read(wanted());
    graph_.run = run_.run;
    add_accounts();
    add_things();
    for (Row& row : rows_) {
      row.edge.account = account_at_.at(row.account);
      row.edge.thing = thing_at_.at(row.thing);
      ++graph_.nodes[row.edge.account].degree;
      ++graph_.nodes[row.edge.thing].degree;
      graph_.edges.push_back(std::move(row.edge));
    }
    std::ranges::sort(graph_.edges, [](const GraphEdge& a, const GraphEdge& b) {
      return std::pair(a.account, a.thing) < std::pair(b.account, b.thing);
    });
    place_nodes(graph_);
    return std::move(graph_);
  }

 private:
  Wanted wanted() const {
    if (!scope_.ring.empty() && !scope_.account.empty())
      throw Error(ErrorCode::usage, "a graph is of a ring or around an account, not both", "--ring, --account");
    if (!scope_.ring.empty()) return of_ring();
    if (!scope_.account.empty()) return around_account();
    Wanted all;
    all.all = true;
    return all;
  }

  Wanted of_ring() const {
    const Ring ring = find_ring(store_, latest_run(store_).run, scope_.ring);
    Wanted wanted;
    for (const Member& member : ring.members) wanted.accounts.push_back(member.account);
    std::ranges::sort(wanted.accounts);
    wanted.least = 2;
    for (const Evidence& one : ring.evidence) {
      if (const auto kind = store_.find_kind(one.kind))
        wanted.always.emplace(VertexKey{*kind, hash_value(one.value)}, true);
    }
    return wanted;
  }

  // Breadth first over the window's graph; a hub is reached and not left.
  Wanted around_account() const {
    const KeyHash key = require_account(store_, scope_.account);
    const Snapshot snapshot = load(store_, {.window = scope_.window});
    const BipartiteGraph graph = snapshot.graph();
    const std::optional<Vertex> start = snapshot.vertex_of(key);
    Wanted wanted;
    if (!start) {
      wanted.accounts = {key};
      return wanted;
    }
    std::vector<char> seen_account(graph.left_count(), 0), seen_thing(graph.right_count(), 0);
    std::vector<Vertex> lefts{*start}, rights;
    seen_account[*start] = 1;
    for (unsigned step = 1; step <= scope_.depth; ++step) {
      std::vector<Vertex> next;
      if (step % 2 == 1) {
        for (const Vertex l : lefts) {
          for (const Vertex r : graph.rights_of(l)) {
            if (seen_thing[r]++ == 0) next.push_back(r);
            seen_thing[r] = 1;
          }
        }
        rights = std::move(next);
        continue;
      }
      for (const Vertex r : rights) {
        if (graph.right_degree(r) > scope_.hub_accounts) continue;
        for (const Vertex l : graph.lefts_of(r)) {
          if (seen_account[l] != 0) continue;
          seen_account[l] = 1;
          next.push_back(l);
        }
      }
      lefts = std::move(next);
    }
    for (Vertex l = 0; l < graph.left_count(); ++l) {
      if (seen_account[l] != 0) wanted.accounts.push_back(snapshot.accounts[l]);
    }
    for (Vertex r = 0; r < graph.right_count(); ++r) {
      if (seen_thing[r] != 0) wanted.only.emplace(snapshot.entities[r], true);
    }
    return wanted;
  }

  void read(const Wanted& wanted) {
    const auto take = [&](KeyHash account, std::span<const Cell> cells) { take_row(wanted, account, cells); };
    if (wanted.all) {
      store_.scan_cells(scope_.window, take);
    } else {
      store_.visit_cells(wanted.accounts, scope_.window, take);
      accounts_ = wanted.accounts;
    }
    if (wanted.least > 1) {
      std::map<VertexKey, std::size_t> users;
      for (const Row& row : rows_) ++users[row.thing];
      std::erase_if(
          rows_, [&](const Row& row) { return users[row.thing] < wanted.least && !wanted.always.contains(row.thing); });
    }
  }

  void take_row(const Wanted& wanted, KeyHash account, std::span<const Cell> cells) {
    if (wanted.all) accounts_.push_back(account);
    std::map<VertexKey, GraphEdge> edges;
    for (const Cell& cell : cells) {
      if (!kinds_.contains(cell.entity.kind)) continue;
      if (!wanted.only.empty() && !wanted.only.contains(cell.entity)) continue;
      GraphEdge& edge = edges[cell.entity];
      edge.count += cell.count;
      if (cell.first != kNoTime) edge.first = edge.first == kNoTime ? cell.first : std::min(edge.first, cell.first);
      if (cell.last != kNoTime) edge.last = edge.last == kNoTime ? cell.last : std::max(edge.last, cell.last);
      add_day(edge, cell.day);
    }
    for (auto& [thing, edge] : edges) rows_.push_back({account, thing, std::move(edge)});
  }

  void add_accounts() {
    std::unordered_map<KeyHash, Member> members;
    if (run_.run != 0) {
      for (const Ring& ring : read_rings(store_, run_.run, RingParts::members)) {
        for (const Member& member : ring.members) {
          members.emplace(member.account, member);
          ring_of_.emplace(member.account, ring.id);
        }
      }
    }
    std::vector<VertexKey> keys;
    for (const KeyHash account : accounts_) keys.push_back({kAccountKind, account});
    const auto names = store_.names_of(keys);
    for (std::size_t a = 0; a < accounts_.size(); ++a) {
      GraphNode node;
      node.account = true;
      node.kind = "account";
      node.label = names[a].value_or(fmt::format("{:016x}", accounts_[a]));
      node.id = "account:" + node.label;
      if (const auto at = members.find(accounts_[a]); at != members.end()) {
        node.ring = ring_of_.at(accounts_[a]);
        node.tier = to_string(at->second.tier);
        node.score = at->second.score;
      }
      account_at_.emplace(accounts_[a], static_cast<std::uint32_t>(graph_.nodes.size()));
      graph_.nodes.push_back(std::move(node));
    }
    graph_.accounts = graph_.nodes.size();
  }

  void add_things() {
    std::map<std::pair<std::string_view, KeyHash>, VertexKey> things;
    for (const Row& row : rows_)
      things.emplace(std::pair(std::string_view(kinds_.at(row.thing.kind)), row.thing.hash), row.thing);
    for (const auto& [place, key] : things) {
      GraphNode node;
      node.kind = place.first;
      node.label = store_.name_of(key).value_or(fmt::format("{:016x}", key.hash));
      node.id = fmt::format("{}:{}", node.kind, node.label);
      if (run_.run != 0) {
        if (const auto entity = store_.find_entity(run_.run, key)) node.bits = static_cast<double>(entity->bits);
      }
      thing_at_.emplace(key, static_cast<std::uint32_t>(graph_.nodes.size()));
      graph_.nodes.push_back(std::move(node));
    }
  }

  const Store& store_;
  const GraphScope& scope_;
  RunSummary run_;
  std::map<KindId, std::string> kinds_;
  std::vector<KeyHash> accounts_;
  std::vector<Row> rows_;
  std::unordered_map<KeyHash, std::string> ring_of_;
  std::unordered_map<KeyHash, std::uint32_t> account_at_;
  std::map<VertexKey, std::uint32_t> thing_at_;
  ActivityGraph graph_;
};

}  // namespace

ActivityGraph build_graph(const Store& store, const GraphScope& scope) { return Builder(store, scope).build(); }

}  // namespace ringscope
