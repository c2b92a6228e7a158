#include "engine/ask/score/score_seed.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <tuple>

#include "engine/detect/cluster/clearing.h"

namespace ringscope {
namespace {

// Of an account and a ring, by place in TaughtHead::rings.
using SharedByRing = std::map<std::uint32_t, SharedThings>;

std::uint32_t confirmed_on(const HeldValue& value, std::uint32_t ring) {
  return std::ranges::find(value.seeds, ring, &TaughtSeed::ring)->confirmed;
}

// What things of the account say, by their place in `named`, layer after layer.
SharedByRing share(const AccountEvidence& evidence, const std::vector<std::uint32_t>& order, RingIndex& index) {
  const TaughtHead& taught = *index.taught();
  SharedByRing all;
  std::size_t layer = 0;
  const auto end_kind = [&] {
    for (auto& [ring, shared] : all) shared.end_kind();
  };
  for (const std::uint32_t n : order) {
    const NamedValue& named = evidence.named()[n];
    if (named.layer != layer) end_kind();
    layer = named.layer;
    const HeldValue* const value = index.find(layer, named.value);
    if (value == nullptr) continue;
    for (const TaughtSeed& seed : value->seeds) {
      const double part = static_cast<double>(seed.confirmed) / taught.rings[seed.ring].confirmed;
      const double bits =
          seed_bits(part, index.head().accounts, value->accounts - std::min(value->accounts, seed.members)) *
          left_of(value->cleared, value->accounts);
      const double own = own_seed_bits(bits, evidence.values_of(layer), static_cast<double>(taught.mean_things[layer]));
      if (own > 0) all[seed.ring].add(n, own);
    }
  }
  end_kind();
  return all;
}

}  // namespace

std::optional<SeedMatch> seed_of(const AccountEvidence& evidence, RingIndex& index) {
  const TaughtHead* const taught = index.taught();
  if (taught == nullptr || taught->rings.empty()) return std::nullopt;
  std::vector<std::uint32_t> order;
  for (std::uint32_t n = 0; n < evidence.named().size(); ++n) {
    if (evidence.named()[n].layer < taught->mean_things.size()) order.push_back(n);
  }
  std::ranges::sort(order, {},
                    [&](std::uint32_t n) { return std::pair(evidence.named()[n].layer, evidence.named()[n].value); });
  const double least = std::log2(static_cast<double>(taught->seed_odds));
  std::optional<SeedMatch> best;
  for (const auto& [ring, shared] : share(evidence, order, index)) {
    const double prior = seed_prior(taught->rings[ring].confirmed, index.head().accounts);
    if (shared.bits() + prior < least) continue;
    Seed seed = shared.seed(prior, least);
    if (best && seed.odds <= best->seed.odds) continue;
    const NamedValue& thing = evidence.named()[seed.thing];
    seed.confirmed = confirmed_on(*index.find(thing.layer, thing.value), ring);
    best = {taught->rings[ring].number, seed, thing};
  }
  return best;
}

}  // namespace ringscope
