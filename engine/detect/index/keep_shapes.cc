#include "engine/detect/index/keep_shapes.h"

#include <algorithm>
#include <iterator>
#include <map>
#include <optional>
#include <tuple>
#include <utility>

#include <absl/container/flat_hash_map.h>
#include <absl/container/flat_hash_set.h>

#include "base/parallel.h"
#include "engine/detect/index/ring_shape.h"
#include "engine/detect/index/shared_rings.h"

namespace ringscope {
namespace {

constexpr std::uint32_t kNone = UINT32_MAX;

bool is_large(const Ring& ring) { return ring.members.size() >= kLeastKept; }

struct KeyHasher {
  std::size_t operator()(const VertexKey& key) const { return key.hash ^ (static_cast<std::size_t>(key.kind) << 56U); }
};

// Where accounts are.
struct Seats {
  std::vector<std::uint32_t> ring;    // by account, number of its ring; kNone: it is in none
  std::vector<std::uint32_t> member;  // by account, place in it
};

Seats seats_of(const Snapshot& snapshot, std::span<const Ring> rings) {
  Seats seats{std::vector<std::uint32_t>(snapshot.accounts.size(), kNone),
              std::vector<std::uint32_t>(snapshot.accounts.size(), kNone)};
  for (std::size_t r = 0; r < rings.size(); ++r) {
    for (std::size_t m = 0; m < rings[r].members.size(); ++m) {
      const auto account = snapshot.vertex_of(rings[r].members[m].account);
      if (!account) continue;
      seats.ring[*account] = static_cast<std::uint32_t>(r);
      seats.member[*account] = static_cast<std::uint32_t>(m);
    }
  }
  return seats;
}

bool has_shape(const Ring& ring) { return is_large(ring) && ring.members.size() <= kMostKept && !ring.carried; }

// A ring's map, for now with things alone.
struct Draft {
  RingMap map{};
  std::vector<WeightedEdge> edges{};
};

// What links say: of the members that are looked at how much ties them to which rings, and of members of drafts that no
// thing ties the links to other members.
struct Linked {
  using Sums = std::vector<std::pair<std::uint32_t, double>>;  // number of a ring and bits
  std::vector<std::uint32_t> slot;                             // by account, its place in `sums`; kNone: not looked at
  std::vector<Sums> sums;
  std::vector<char> untied;  // by account
};

// Makes the rows of large rings.
class Shaper {
 public:
  Shaper(const ShapeInput& input, std::span<const Ring> rings)
      : in_(input), rings_(rings), graph_(input.snapshot.graph()), seats_(seats_of(input.snapshot, rings)) {
    for (const Layer& layer : input.snapshot.layers) kinds_.emplace(layer.name, layer.kind);
    for (std::uint32_t r = 0; r < rings.size(); ++r) {
      if (is_large(rings[r])) large_.push_back(r);
    }
    linked_.slot.assign(seats_.ring.size(), kNone);
    linked_.untied.assign(seats_.ring.size(), 0);
    for (const std::uint32_t r : large_) look_at(rings[r]);
  }

  // Makes the rows of each, one ring after the other; shapes of those that `shaped` says.
  template <class Shaped>
  std::vector<std::vector<IndexEntry>> rows(const Shaped& shaped) {
    std::vector<Draft> drafts(large_.size());
    parallel_for(
        large_.size(), in_.threads,
        [&](std::size_t i) {
          if (shaped(rings_[large_[i]])) drafts[i] = draft(rings_[large_[i]]);
        },
        1);
    read_links(drafts);
    std::vector<std::vector<IndexEntry>> rows(large_.size());
    parallel_for(
        large_.size(), in_.threads,
        [&](std::size_t i) {
          const Ring& ring = rings_[large_[i]];
          rows[i].push_back(shared(ring));
          if (shaped(ring)) rows[i].push_back(shape(ring, drafts[i]));
        },
        1);
    return rows;
  }

  const Ring& ring(std::size_t i) const { return rings_[large_[i]]; }

  // Whether is(thing) is true of one that a member shares with somebody.
  template <class Is>
  bool has_any(const Ring& ring, const Is& is) const {
    return std::ranges::any_of(ring.members, [&](const Member& member) {
      const auto account = in_.snapshot.vertex_of(member.account);
      return account && std::ranges::any_of(graph_.rights_of(*account), [&](Vertex thing) {
               return graph_.right_degree(thing) > 1 && is(in_.snapshot.entities[thing]);
             });
    });
  }

 private:
  std::optional<Vertex> account_looked_at(const Ring& ring, std::size_t i) const {
    return in_.snapshot.vertex_of(ring.members[place_looked_at(i, ring.members.size())].account);
  }

  void look_at(const Ring& ring) {
    for (std::size_t i = 0; i < looked_at(ring.members.size()); ++i) {
      const auto account = account_looked_at(ring, i);
      if (!account) continue;
      linked_.slot[*account] = static_cast<std::uint32_t>(linked_.sums.size());
      linked_.sums.emplace_back();
    }
  }

  // As map_ring() makes it of the store.
  Draft draft(const Ring& ring) {
    Draft draft;
    draft.map.ring = ring.id;
    std::vector<std::optional<Vertex>> accounts;
    for (const Member& member : ring.members) {
      draft.map.accounts.push_back(member.account);
      accounts.push_back(in_.snapshot.vertex_of(member.account));
    }
    const absl::flat_hash_map<Vertex, Vertex> vertices = add_things(ring, accounts, draft.map);
    for (Vertex m = 0; m < accounts.size(); ++m) {
      if (!accounts[m]) continue;
      const std::size_t before = draft.edges.size();
      for (const Vertex thing : graph_.rights_of(*accounts[m])) {
        const auto vertex = vertices.find(thing);
        if (vertex == vertices.end()) continue;
        const double bits = draft.map.things[vertex->second - draft.map.member_count()].bits;
        draft.edges.push_back({m, vertex->second, tie_of(bits)});
      }
      if (draft.edges.size() == before) linked_.untied[*accounts[m]] = 1;
    }
    return draft;
  }

  // Fills the map's things; gives their vertices.
  absl::flat_hash_map<Vertex, Vertex> add_things(const Ring& ring, std::span<const std::optional<Vertex>> accounts,
                                                 RingMap& map) const {
    absl::flat_hash_map<Vertex, std::uint32_t> members;
    for (const std::optional<Vertex>& account : accounts) {
      if (!account) continue;
      for (const Vertex thing : graph_.rights_of(*account)) {
        if (graph_.right_degree(thing) > 1) ++members[thing];
      }
    }
    absl::flat_hash_set<VertexKey, KeyHasher> evidence;
    for (const Evidence& one : ring.evidence) {
      if (const auto kind = kinds_.find(one.kind); kind != kinds_.end())
        evidence.insert({kind->second, hash_value(one.value)});
    }
    std::vector<std::pair<MapThing, Vertex>> things;
    for (const auto& [thing, count] : members) {
      const auto bits = static_cast<double>(static_cast<float>(in_.weights.bits(thing)));
      const VertexKey entity = in_.snapshot.entities[thing];
      if (count < 2 || (bits <= 0 && !evidence.contains(entity))) continue;
      things.push_back({{entity, count, static_cast<std::uint32_t>(graph_.right_degree(thing)), bits}, thing});
    }
    std::ranges::sort(things, {}, [](const auto& one) { return std::tuple(~one.first.members, one.first.entity); });
    absl::flat_hash_map<Vertex, Vertex> vertices;
    for (const auto& [thing, of] : things) {
      vertices.emplace(of, map.member_count() + static_cast<Vertex>(map.things.size()));
      map.things.push_back(thing);
    }
    return vertices;
  }

  // One after the other in their order, so that an account meets the others in the order of their keys and sums come
  // out as they do for whoever reads its links.
  void read_links(std::vector<Draft>& drafts) {
    std::vector<std::uint32_t> draft_of(rings_.size(), kNone);
    for (std::uint32_t i = 0; i < large_.size(); ++i) draft_of[large_[i]] = i;
    const auto visit = [&](const WeightedEdge& edge) {
      for (const auto& [account, other] : {std::pair(edge.u, edge.v), std::pair(edge.v, edge.u)}) {
        const std::uint32_t ring = seats_.ring[other];
        if (ring == kNone) continue;
        if (linked_.slot[account] != kNone) add(linked_.sums[linked_.slot[account]], ring, edge.weight);
        if (linked_.untied[account] == 0 || ring != seats_.ring[account] || edge.weight <= 0) continue;
        const Vertex from = seats_.member[account], to = seats_.member[other];
        if (linked_.untied[other] == 0 || from < to) drafts[draft_of[ring]].edges.push_back({from, to, edge.weight});
      }
    };
    const auto ends = [](const WeightedEdge& edge) { return std::pair(edge.u, edge.v); };
    auto core = in_.similarity.core.begin(), attach = in_.similarity.attach.begin();
    while (core != in_.similarity.core.end() || attach != in_.similarity.attach.end()) {
      const bool next_is_core =
          attach == in_.similarity.attach.end() || (core != in_.similarity.core.end() && ends(*core) < ends(*attach));
      visit(next_is_core ? *core++ : *attach++);
    }
  }

  static void add(Linked::Sums& sums, std::uint32_t ring, float bits) {
    auto at = std::ranges::find(sums, ring, &std::pair<std::uint32_t, double>::first);
    if (at == sums.end()) at = sums.insert(at, {ring, 0});
    at->second += static_cast<double>(bits);
  }

  IndexEntry shared(const Ring& ring) const {
    SharedRings others(ring.id);
    for (std::size_t i = 0; i < looked_at(ring.members.size()); ++i) {
      const auto account = account_looked_at(ring, i);
      if (!account) continue;
      std::map<std::string, double> bits;
      for (const auto& [other, sum] : linked_.sums[linked_.slot[*account]]) bits.emplace(rings_[other].id, sum);
      others.add(shares_of(bits));
    }
    return encode_shared(ring.id, others.list());
  }

  static IndexEntry shape(const Ring& ring, Draft& draft) {
    draft.map.graph = build_csr(draft.map.member_count() + static_cast<Vertex>(draft.map.things.size()), draft.edges);
    return encode_shape(ring.id, shape_of(draft.map));
  }

  const ShapeInput& in_;
  std::span<const Ring> rings_;
  BipartiteGraph graph_;
  Seats seats_;
  std::map<std::string, KindId, std::less<>> kinds_;
  std::vector<std::uint32_t> large_;  // numbers of rings
  Linked linked_;
};

// Things that weigh otherwise than at the base. Each is looked up once, when somebody asks.
class Reweighed {
 public:
  explicit Reweighed(const ShapeChange& change) : change_(change) {
    for (const StoredEntity& entity : change.entities) known_.emplace(entity.entity, Known{.bits = entity.bits});
  }
  bool has(VertexKey entity) {
    const auto at = known_.find(entity);
    if (at == known_.end()) return false;
    Known& known = at->second;
    if (!known.differs) {
      const auto before = change_.store.find_entity(change_.base, entity);
      known.differs = (before ? before->bits : 0) != known.bits;
    }
    return *known.differs;
  }

 private:
  struct Known {
    float bits = 0;
    std::optional<bool> differs{};
  };
  const ShapeChange& change_;
  absl::flat_hash_map<VertexKey, Known, KeyHasher> known_;
};

}  // namespace

void add_shapes(const ShapeInput& input, std::span<const Ring> rings, std::vector<IndexEntry>& index) {
  for (std::vector<IndexEntry>& rows : Shaper(input, rings).rows(has_shape))
    std::ranges::move(rows, std::back_inserter(index));
}

void add_shapes_over(const ShapeInput& input, const ShapeChange& change, std::span<const Ring> rings,
                     std::vector<IndexEntry>& index) {
  Shaper shaper(input, rings);
  Reweighed reweighed(change);
  const auto is_reweighed = [&](VertexKey thing) { return reweighed.has(thing); };
  const auto is_dirty = [&](const Member& member) {
    const auto account = input.snapshot.vertex_of(member.account);
    return !account || change.dirty[*account] != 0;
  };
  auto rows = shaper.rows([](const Ring& ring) { return has_shape(ring) && !ring.kept; });
  for (std::size_t i = 0; i < rows.size(); ++i) {
    const Ring& ring = shaper.ring(i);
    const bool as_before = ring.kept && change.store.find_index(change.base, rows[i][0].key) == rows[i][0].value;
    if (as_before) rows[i].clear();
    if (ring.kept && has_shape(ring) &&
        (std::ranges::any_of(ring.members, is_dirty) || shaper.has_any(ring, is_reweighed)))
      rows[i].push_back(no_shape(ring.id));
    std::ranges::move(rows[i], std::back_inserter(index));
  }
}

}  // namespace ringscope
