// The store's rows of a window of days as one graph in memory.
#pragma once

#include <array>
#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "algorithms/bipartite_graph.h"
#include "engine/load/activity.h"
#include "engine/load/entity_class.h"
#include "engine/load/layer_weights.h"
#include "engine/load/prompts.h"
#include "storage/store.h"

namespace ringscope {

// An account-entity edge: all its cells in the window folded together.
struct Sighting {
  std::uint32_t count = 0;
  std::uint32_t days = 0;  // distinct days
  Seconds first = kNoTime;
  Seconds last = kNoTime;
};

struct Layer {
  KindId kind{};
  std::string name;  // layers are ordered by name, whatever the store's kind numbers
};

// What the operator's lists say of the entities.
struct EntityClasses {
  std::vector<EntityClass> of;                 // by entity; empty: there are no lists
  std::array<bool, kEntityClasses> known{};    // by class: there is a list of it
  std::array<double, kEntityClasses> share{};  // by class: of all accounts those that touch an entity of it

  // By class: of the given accounts the share that touches an entity of it. O(their edges).
  std::array<double, kEntityClasses> share_of(const BipartiteGraph& graph, std::span<const Vertex> accounts) const;
};

// Left vertex = rank of the account key, right vertex = rank of (layer, entity key): equal content, equal numbers.
struct Snapshot {
  DayWindow window;
  std::vector<KeyHash> accounts;    // ascending
  std::vector<VertexKey> entities;  // by layer, then hash ascending
  std::vector<Layer> layers;        // none of weight 0
  LayerWeights weights;
  BipartiteArrays arrays;
  std::vector<Sighting> sightings;  // by edge number
  EntityClasses classes;            // see classify()
  Prompts prompts;                  // near-equal ones are one

  BipartiteGraph graph() const { return arrays.view(); }
  // Nothing for an account that is not in it. O(log accounts).
  std::optional<Vertex> vertex_of(KeyHash account) const;
  Unread unread() const { return unread_by(weights); }
};

// What memory is needed for, and how much for a graph of so many edges, in bytes; empty: for the graph alone.
struct MemoryNeed {
  std::string what = "the graph of this window";
  std::function<std::size_t(std::size_t edges)> bytes{};
};

struct LoadOptions {
  DayWindow window;        // default: everything
  LayerWeights weights{};  // kinds of weight 0 are passed over, and accounts with them alone
  unsigned threads = 0;
  std::size_t memory_bytes = std::size_t{4} << 30;  // Error memory when what is to be done would not fit
  MemoryNeed need{};
};

// Whether a kind of the store's is a layer: what is asked for and of which model are no things that are touched.
bool is_layer_kind(std::string_view name);

// Throws Error memory, with what is needed. Rows are read to the end then, but none is kept from there on.
Snapshot load(const Store& store, const LoadOptions& options);

// The layers that load() would find, in its order.
std::vector<Layer> layers_of(const Store& store, const LayerWeights& weights);

// A thing of one account.
struct LoadedThing {
  std::uint32_t layer = 0;
  KeyHash hash = 0;
  Sighting sighting;
};
struct LoadedRow {
  bool present = false;             // load() takes the account in
  std::vector<LoadedThing> things;  // ascending by (layer, hash)
};
// What load() would make of some accounts, ascending. A look-up each.
std::vector<LoadedRow> load_rows(const Store& store, const LoadOptions& options, std::span<const KeyHash> accounts);

// Calls visit(entity, name) for the entities of a layer, ascending. O(names of the kind).
void scan_names_of(const Store& store, const Snapshot& snapshot, std::size_t layer,
                   const std::function<void(Vertex, std::string_view)>& visit);

// Calls visit(entity, text) for the entities of a layer, ascending: values as they came, of a keyed kind what is
// stored, of a sealed kind the value itself unless it was shredded. O(names of the kind). Throws as
// Store::scan_texts().
void scan_texts_of(const Store& store, const Snapshot& snapshot, std::size_t layer,
                   const std::function<void(Vertex, std::string_view)>& visit);

}  // namespace ringscope
