// Bits of surprise: what sharing an entity is worth, and how surprising all that a pair shares is, under a null model
// that keeps every degree in the mean (each account its number of entities in each layer, each entity its number of
// accounts).
//
// Null     the bipartite configuration model of each layer, by its separable bound: accounts of fitness x and x' share
//          an entity of fitness y with a chance of at most x x' y^2. A Poisson of that mean dominates the truth, so
//          within one layer no chance comes out too small. Over layers the chances are pooled: a pair's scale is right
//          for the number of entities it shares by chance, while the mix of their rarities is that of all pairs.
// Weights  the table of tails is made of the weighted bits, so whatever the weights are, the chance is that of a sum so
//          large and not of one so rare: weights move power from layer to layer, and the error rate stays. A factor
//          common to all layers changes nothing, so the largest weight above 1 is taken for 1 and sums stay in the
//          table.
// Errors   none.
#pragma once

#include <cstdint>
#include <map>
#include <span>
#include <vector>

#include "algorithms/compound_poisson.h"
#include "algorithms/consequences.h"
#include "algorithms/corroboration.h"
#include "engine/load/snapshot.h"

namespace ringscope {

struct WeighOptions {
  Vertex hub_accounts = 1000;  // an entity of more accounts is a hub: it proves nothing and is never enumerated
  std::uint64_t most_pairs = 2'000'000'000;  // the hub limit is lowered until no more pairs than this are enumerated
  std::span<const char> known_hubs{};  // per entity: 1 for one that is a hub whatever its size; empty: none is known
  std::span<const double> layer_weights{};  // factors of the rarities, above 0; empty: 1 each
};

// Rarities are whole numbers of half a bit, so that sums are exact and a table can be looked up.
inline constexpr double kBinsPerBit = 2.0;
inline constexpr unsigned kMaxBins = 320;  // 160 bits; more surprise than that makes no difference

// The largest limit not above options.hub_accounts that enumerates at most options.most_pairs pairs, with so many
// entities of each number of accounts. O(numbers).
Vertex hub_limit(const std::map<Vertex, std::uint64_t>& entities_by_degree, const WeighOptions& options);

// Why an entity proves nothing. The numbers are stored.
enum class HubCause : std::uint8_t {
  none = 0,            // it is no hub
  over_cap = 1,        // of more accounts than the limit in force
  listed = 2,          // the operator's list has it
  uncorroborated = 3,  // hardly a pair of its accounts shares anything of another kind
};

// The least share of an entity's pairs that things of other kinds must corroborate.
inline constexpr double kLeastTrust = 0.01;

// What a layer's null makes of a number of accounts and of a number of things.
struct LayerCurve {
  std::vector<float> rarity;  // bins, of an entity of so many accounts, up to the limit in force; 0 below two
  std::vector<float> scale;   // of an account with so many things, up to the most seen; above in proportion to the last
};

// Of an account with so many things of the layer.
float scale_at(const LayerCurve& curve, std::size_t things);

struct Weights {
  Vertex hub_accounts = 0;        // the limit in force
  std::vector<float> rarity;      // per entity, bins: -2 log2 of its fitness, times its layer's weight over the largest
                                  // weight, if that is above 1; 0 for a hub or an entity of one account
  std::vector<float> left_scale;  // per account and layer
  std::size_t layers = 0;
  CompoundPoissonTails tails;
  std::vector<double> intensity;           // what `tails` were made of: per bin, events expected for a pair of scale 1
  std::vector<HubCause> hubs{};            // per entity
  std::vector<float> with_consequences{};  // per entity, bins: with what follows from it; empty: nothing follows
  std::vector<float> trust{};        // per entity: share of its pairs that other kinds corroborate; empty: not measured
  std::vector<LayerCurve> curves{};  // by layer: of left_scale, and of rarity before consequences are taken
  std::vector<std::uint32_t> cleared{};  // per entity: of its accounts those that people cleared; empty: nobody is
                                         // (clearing.h)

  // The test of pairs over `graph`, which these weights were made from. Both must outlive it.
  PairNull null(const BipartiteGraph& graph) const {
    return {graph, rarity, left_scale, layers, &tails, with_consequences};
  }
  // Bits by which sharing this entity surprises, for one pair of accounts of ordinary degree.
  double bits(Vertex entity) const { return static_cast<double>(rarity[entity]) / kBinsPerBit; }
};

// O(entities + edges + accounts * layers), and a fit of at most a few hundred classes a layer.
Weights weigh(const BipartiteGraph& graph, const WeighOptions& options);

// Takes from what each entity is worth what follows from it anyway, so that sharing both counts as sharing the one. No
// consequences: nothing is changed. O(entities + consequences).
void take_consequences(const Consequences& consequences, Weights& weights);

struct DistrustOptions {
  double least_trust = kLeastTrust;  // an entity of whose pairs fewer are corroborated by other kinds of things is a
                                     // hub, of whatever size
  double prior_pairs = 10;           // weight of the entity's class, in pairs
  unsigned threads = 0;
};

// Weights in which entities that no other kind of thing corroborates are hubs: a carrier's address, the exits of one
// network, a campus. Only what could be corroborated is judged so, and only with pairs enough to tell (rule of three: 3
// / least_trust). O(pairs sharing an entity that is no hub), twice.
Weights weigh_trusted(const BipartiteGraph& graph, const WeighOptions& options, const DistrustOptions& distrust);

}  // namespace ringscope
