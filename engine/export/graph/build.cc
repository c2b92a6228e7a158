#include <algorithm>
#include <iterator>
#include <map>
#include <set>
#include <unordered_map>

#include <fmt/format.h>

#include "base/error.h"
#include "engine/ask/account.h"
#include "engine/ask/read_run.h"
#include "engine/ask/run_view.h"
#include "engine/export/graph/account_nodes.h"
#include "engine/export/graph/graph.h"
#include "engine/export/graph/place.h"

namespace ringscope {
namespace {

// What is taken in of the store.
struct Wanted {
  bool all = false;
  std::vector<KeyHash> accounts{};  // ascending; unless all
  std::set<VertexKey> only{};       // things; empty: all that the accounts touch
  std::size_t least = 1;            // accounts in the graph that a thing needs, unless it is in `always`
  std::set<VertexKey> always{};
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
    if (run_.run != 0 && scope_.ring.empty()) places_ = places_of(store_, run_.run, accounts_);
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
  Wanted wanted() {
    if (!scope_.ring.empty() && !scope_.account.empty())
      throw Error(ErrorCode::usage, "a graph is of a ring or around an account, not both", "--ring, --account");
    if (!scope_.ring.empty()) return of_ring();
    if (!scope_.account.empty()) return around_account();
    Wanted all;
    all.all = true;
    return all;
  }

  Wanted of_ring() {
    const Ring ring = find_ring(store_, latest_run(store_).run, scope_.ring);
    Wanted wanted;
    for (const Member& member : ring.members) wanted.accounts.push_back(member.account);
    std::ranges::sort(wanted.accounts);
    wanted.least = 2;
    for (const Evidence& one : ring.evidence) {
      if (const auto kind = store_.find_kind(one.kind)) wanted.always.insert({*kind, hash_value(one.value)});
    }
    add_places(ring, places_);
    return wanted;
  }

  // Breadth first; a hub is reached and not left. Nothing is held of the window but what is reached.
  Wanted around_account() const {
    Wanted wanted;
    wanted.accounts = {require_account(store_, scope_.account)};
    std::vector<KeyHash> accounts = wanted.accounts;
    for (unsigned step = 1; step <= scope_.depth && !accounts.empty(); step += 2) {
      const std::set<VertexKey> things = reach_things(accounts, wanted);
      accounts = step < scope_.depth ? reach_accounts(things, wanted) : std::vector<KeyHash>();
    }
    return wanted;
  }

  // Things of the accounts that were not reached before.
  std::set<VertexKey> reach_things(const std::vector<KeyHash>& accounts, Wanted& wanted) const {
    std::set<VertexKey> reached;
    store_.visit_cells(accounts, scope_.window, [&](KeyHash, std::span<const Cell> cells) {
      for (const Cell& cell : cells) {
        if (kinds_.contains(cell.entity.kind) && wanted.only.insert(cell.entity).second) reached.insert(cell.entity);
      }
    });
    return reached;
  }

  // Accounts of the things that were not reached before, ascending. One pass over the window.
  std::vector<KeyHash> reach_accounts(const std::set<VertexKey>& things, Wanted& wanted) const {
    std::map<VertexKey, std::vector<KeyHash>> users;  // of a hub one more than are walked through
    store_.scan_cells(scope_.window, [&](KeyHash account, std::span<const Cell> cells) {
      for (const Cell& cell : cells) {
        if (!things.contains(cell.entity)) continue;
        std::vector<KeyHash>& of = users[cell.entity];
        if (of.size() <= scope_.hub_accounts && (of.empty() || of.back() != account)) of.push_back(account);
      }
    });
    std::set<KeyHash> reached;
    for (const auto& [thing, of] : users) {
      if (of.size() <= scope_.hub_accounts) reached.insert(of.begin(), of.end());
    }
    std::vector<KeyHash> fresh;
    std::ranges::set_difference(reached, wanted.accounts, std::back_inserter(fresh));
    const auto known = static_cast<std::ptrdiff_t>(wanted.accounts.size());
    wanted.accounts.insert(wanted.accounts.end(), fresh.begin(), fresh.end());
    std::inplace_merge(wanted.accounts.begin(), wanted.accounts.begin() + known, wanted.accounts.end());
    return fresh;
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
    graph_.nodes = account_nodes(store_, accounts_, places_);
    graph_.accounts = graph_.nodes.size();
    for (std::size_t a = 0; a < accounts_.size(); ++a) account_at_.emplace(accounts_[a], static_cast<std::uint32_t>(a));
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
  RingPlaces places_;
  std::unordered_map<KeyHash, std::uint32_t> account_at_;
  std::map<VertexKey, std::uint32_t> thing_at_;
  ActivityGraph graph_;
};

}  // namespace

ActivityGraph build_graph(const Store& store, const GraphScope& scope) { return Builder(store, scope).build(); }

}  // namespace ringscope
