#include "engine/load/snapshot.h"

#include <algorithm>
#include <array>
#include <atomic>

#include "base/error.h"
#include "base/parallel.h"

namespace ringscope {
namespace {

constexpr std::size_t kParts = 64;  // ranges of keys scanned apart; part of no result

// The rows of one range of account keys, entities still by key.
struct Part {
  std::vector<KeyHash> accounts;
  std::vector<ArcIndex> row_ends;
  std::vector<VertexKey> entities;
  std::vector<Sighting> sightings;
};

void add_cell(Sighting& sighting, const Cell& cell) {
  const std::uint64_t count = std::uint64_t{sighting.count} + cell.count;
  sighting.count = static_cast<std::uint32_t>(std::min<std::uint64_t>(count, UINT32_MAX));
  if (cell.day == kNoDay) return;
  ++sighting.days;
  if (sighting.first == kNoTime || cell.first < sighting.first) sighting.first = cell.first;
  if (sighting.last == kNoTime || cell.last > sighting.last) sighting.last = cell.last;
}

// What a kind of the store's is to the graph.
enum class Role : std::uint8_t {
  none,      // no layer
  layer,     // a layer
  left_out,  // a layer of weight 0: not in the data
};
using Roles = std::array<Role, 256>;  // by kind number

Roles roles_of(const Store& store, const LayerWeights& weights) {
  Roles roles{};
  for (const KindInfo& kind : store.kinds()) {
    if (!is_layer_kind(kind.name)) continue;
    roles[static_cast<std::size_t>(kind.id)] = weight_of(weights, kind.name) == 0 ? Role::left_out : Role::layer;
  }
  return roles;
}

// Cells ascend by (entity, day), so those of one entity follow each other.
void add_row(Part& part, KeyHash account, std::span<const Cell> cells, const Roles& roles) {
  const auto role = [&](const Cell& cell) { return roles[static_cast<std::size_t>(cell.entity.kind)]; };
  if (std::ranges::all_of(cells, [&](const Cell& cell) { return role(cell) == Role::left_out; })) return;
  const std::size_t before = part.entities.size();
  for (const Cell& cell : cells) {
    if (role(cell) != Role::layer) continue;
    if (part.entities.size() == before || part.entities.back() != cell.entity) {
      part.entities.push_back(cell.entity);
      part.sightings.emplace_back();
    }
    add_cell(part.sightings.back(), cell);
  }
  part.accounts.push_back(account);
  part.row_ends.push_back(part.entities.size());
}

// Bytes of the finished graph and of what building it needs, for `edges` edges.
std::size_t bytes_for(std::size_t edges) {
  return edges * (sizeof(Sighting) * 2 + sizeof(VertexKey) * 2 + sizeof(Vertex) * 2 + sizeof(ArcIndex));
}

// What the rows of a scan come to, for all of its threads. What does not fit is only counted.
class EdgeBudget {
 public:
  explicit EdgeBudget(const LoadOptions& options) : options_(options) {}

  bool fits() const { return fits_.load(std::memory_order_relaxed); }
  void add(std::size_t edges) {
    const std::size_t before = edges_.fetch_add(edges, std::memory_order_relaxed);
    if (!fits() || before / kStep == (before + edges) / kStep) return;
    if (needed(before + edges) > options_.memory_bytes) fits_ = false;
  }
  // Throws Error memory.
  void check() const {
    const std::size_t edges = edges_;
    if (edges >= UINT32_MAX)
      throw Error(ErrorCode::memory, "more than 4 billion account-entity edges; narrow --window");
    if (needed(edges) <= options_.memory_bytes) return;
    throw Error(ErrorCode::memory, options_.need.what + " needs about " + std::to_string(needed(edges) >> 20) +
                                       " MiB and may take " + std::to_string(options_.memory_bytes >> 20) +
                                       "; raise --memory or narrow --window ('ringscope plan' shows what it is for)");
  }

 private:
  static constexpr std::size_t kStep = 4096;  // edges, from look to look
  std::size_t needed(std::size_t edges) const {
    return options_.need.bytes ? options_.need.bytes(edges) : bytes_for(edges);
  }

  const LoadOptions& options_;
  std::atomic<std::size_t> edges_{0};
  std::atomic<bool> fits_{true};
};

std::vector<Part> scan_parts(const Store& store, const LoadOptions& options, const Roles& roles) {
  EdgeBudget budget(options);
  std::vector<Part> parts = parallel_map_chunks<Part>(kParts, 1, options.threads, [&](const Chunk& chunk, unsigned) {
    Part part;
    store.scan_cells(options.window, chunk.index, kParts, [&](KeyHash account, std::span<const Cell> cells) {
      if (!budget.fits()) part = {};
      const std::size_t before = part.entities.size();
      add_row(part, account, cells, roles);
      budget.add(part.entities.size() - before);
    });
    return part;
  });
  budget.check();
  return parts;
}

// Entities in canonical order: rank of the layer's name, then hash.
class EntityOrder {
 public:
  EntityOrder(const Store& store, const Roles& roles) {
    for (const KindInfo& kind : store.kinds()) {
      if (roles[static_cast<std::size_t>(kind.id)] != Role::layer) continue;
      rank_[static_cast<std::size_t>(kind.id)] = static_cast<std::uint32_t>(layers_.size());
      layers_.push_back({kind.id, kind.name});
    }
  }
  std::uint32_t layer(VertexKey key) const { return rank_[static_cast<std::size_t>(key.kind)]; }
  bool operator()(const VertexKey& a, const VertexKey& b) const {
    return std::pair(layer(a), a.hash) < std::pair(layer(b), b.hash);
  }
  const std::vector<Layer>& layers() const { return layers_; }

 private:
  std::vector<Layer> layers_;  // ascending by name, as Store::kinds() gives them
  std::uint32_t rank_[256] = {};
};

std::vector<VertexKey> distinct_entities(const std::vector<Part>& parts, const EntityOrder& order, unsigned threads) {
  std::vector<std::vector<VertexKey>> sorted(parts.size());
  parallel_for(
      parts.size(), threads,
      [&](std::size_t p) {
        sorted[p] = parts[p].entities;
        std::sort(sorted[p].begin(), sorted[p].end(), order);
        sorted[p].erase(std::unique(sorted[p].begin(), sorted[p].end()), sorted[p].end());
      },
      1);
  while (sorted.size() > 1) {  // pairwise merges: always the same tree
    std::vector<std::vector<VertexKey>> merged((sorted.size() + 1) / 2);
    parallel_for(
        merged.size(), threads,
        [&](std::size_t m) {
          if (2 * m + 1 == sorted.size()) {
            merged[m] = std::move(sorted[2 * m]);
            return;
          }
          std::set_union(sorted[2 * m].begin(), sorted[2 * m].end(), sorted[2 * m + 1].begin(), sorted[2 * m + 1].end(),
                         std::back_inserter(merged[m]), order);
        },
        1);
    sorted = std::move(merged);
  }
  return sorted.empty() ? std::vector<VertexKey>{} : std::move(sorted.front());
}

std::vector<Vertex> layer_offsets(std::span<const VertexKey> entities, const EntityOrder& order) {
  std::vector<Vertex> offsets(order.layers().size() + 1, 0);
  for (const VertexKey& entity : entities) ++offsets[order.layer(entity) + 1];
  for (std::size_t l = 1; l < offsets.size(); ++l) offsets[l] += offsets[l - 1];
  return offsets;
}

// First account and first edge of each part in the joined arrays.
struct PartStart {
  std::size_t account = 0;
  std::size_t edge = 0;
};

// One part's rows with entities as numbers, written at their place.
void place_part(const Part& part, PartStart start, std::span<const VertexKey> entities, const EntityOrder& order,
                Snapshot& snapshot, std::vector<ArcIndex>& offsets, std::vector<Vertex>& targets) {
  std::vector<std::pair<Vertex, std::size_t>> row;
  std::size_t begin = 0;
  for (std::size_t r = 0; r < part.accounts.size(); ++r) {
    row.clear();
    for (std::size_t e = begin; e < part.row_ends[r]; ++e) {
      const auto at = std::lower_bound(entities.begin(), entities.end(), part.entities[e], order);
      row.emplace_back(static_cast<Vertex>(at - entities.begin()), e);
    }
    std::sort(row.begin(), row.end());
    for (std::size_t i = 0; i < row.size(); ++i) {
      targets[start.edge + begin + i] = row[i].first;
      snapshot.sightings[start.edge + begin + i] = part.sightings[row[i].second];
    }
    begin = part.row_ends[r];
    snapshot.accounts[start.account + r] = part.accounts[r];
    offsets[start.account + r + 1] = start.edge + begin;
  }
}

}  // namespace

std::optional<Vertex> Snapshot::vertex_of(KeyHash account) const {
  const auto at = std::lower_bound(accounts.begin(), accounts.end(), account);
  if (at == accounts.end() || *at != account) return std::nullopt;
  return static_cast<Vertex>(at - accounts.begin());
}

bool is_layer_kind(std::string_view name) { return name != "capability" && name != "model"; }

Snapshot load(const Store& store, const LoadOptions& options) {
  const Roles roles = roles_of(store, options.weights);
  const EntityOrder order(store, roles);
  std::vector<Part> parts = scan_parts(store, options, roles);

  Snapshot snapshot;
  snapshot.window = options.window;
  snapshot.layers = order.layers();
  snapshot.weights = options.weights;
  snapshot.entities = distinct_entities(parts, order, options.threads);

  std::vector<PartStart> starts(parts.size() + 1);
  for (std::size_t p = 0; p < parts.size(); ++p) {
    starts[p + 1] = {starts[p].account + parts[p].accounts.size(), starts[p].edge + parts[p].entities.size()};
  }
  snapshot.accounts.resize(starts.back().account);
  snapshot.sightings.resize(starts.back().edge);
  std::vector<ArcIndex> offsets(starts.back().account + 1, 0);
  std::vector<Vertex> targets(starts.back().edge);
  parallel_for(
      parts.size(), options.threads,
      [&](std::size_t p) {
        place_part(parts[p], starts[p], snapshot.entities, order, snapshot, offsets, targets);
        parts[p] = {};
      },
      1);
  snapshot.arrays =
      build_bipartite(std::move(offsets), std::move(targets), static_cast<Vertex>(snapshot.entities.size()),
                      layer_offsets(snapshot.entities, order));
  snapshot.prompts = load_prompts(store, options.window);
  return snapshot;
}

std::vector<Layer> layers_of(const Store& store, const LayerWeights& weights) {
  return EntityOrder(store, roles_of(store, weights)).layers();
}

std::vector<LoadedRow> load_rows(const Store& store, const LoadOptions& options, std::span<const KeyHash> accounts) {
  const Roles roles = roles_of(store, options.weights);
  const EntityOrder order(store, roles);
  std::vector<LoadedRow> rows;
  rows.reserve(accounts.size());
  Part part;
  store.visit_cells(accounts, options.window, [&](KeyHash account, std::span<const Cell> cells) {
    part.accounts.clear();
    part.entities.clear();
    part.sightings.clear();
    if (!cells.empty()) add_row(part, account, cells, roles);
    LoadedRow& row = rows.emplace_back();
    row.present = !part.accounts.empty();
    for (std::size_t i = 0; i < part.entities.size(); ++i)
      row.things.push_back({order.layer(part.entities[i]), part.entities[i].hash, part.sightings[i]});
    std::sort(row.things.begin(), row.things.end(), [](const LoadedThing& a, const LoadedThing& b) {
      return std::pair(a.layer, a.hash) < std::pair(b.layer, b.hash);
    });
  });
  return rows;
}

namespace {

// Hands on those of an ascending scan that are entities of the layer.
auto entities_of(const Snapshot& snapshot, std::size_t layer,
                 const std::function<void(Vertex, std::string_view)>& visit) {
  const BipartiteGraph graph = snapshot.graph();
  const Vertex end = graph.layer_end(layer);
  return [&snapshot, &visit, end, r = graph.layer_begin(layer)](KeyHash hash, std::string_view value) mutable {
    while (r < end && snapshot.entities[r].hash < hash) ++r;
    if (r < end && snapshot.entities[r].hash == hash) visit(r, value);
  };
}

}  // namespace

void scan_names_of(const Store& store, const Snapshot& snapshot, std::size_t layer,
                   const std::function<void(Vertex, std::string_view)>& visit) {
  store.scan_names(snapshot.layers[layer].kind, entities_of(snapshot, layer, visit));
}

void scan_texts_of(const Store& store, const Snapshot& snapshot, std::size_t layer,
                   const std::function<void(Vertex, std::string_view)>& visit) {
  store.scan_texts(snapshot.layers[layer].kind, entities_of(snapshot, layer, visit));
}

}  // namespace ringscope
