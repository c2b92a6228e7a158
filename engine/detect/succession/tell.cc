#include "engine/detect/succession/tell.h"

#include <algorithm>
#include <map>
#include <tuple>

#include "engine/detect/judge/common_traits.h"

namespace ringscope {
namespace {

constexpr double kMost = 0.2;  // of the successors use a thing again, for it to be told
constexpr std::size_t kThingsTold = 8;

}  // namespace

Teller::Teller(const Store& store, const Snapshot& snapshot, const Habits& habits, const HabitOptions& habit_options)
    : store_(store), snapshot_(snapshot), habits_(habits), options_(habit_options) {}

ReusedThing Teller::name(const ReusedVertex& thing, Vertex account) const {
  if (thing.view == kHabitView) {
    std::size_t layer = 0;
    while (thing.right >= habits_.graph().layer_end(layer)) ++layer;
    return {habits_.layers[layer], habit_value(store_, snapshot_, habits_, options_, thing.right, account), thing.bits};
  }
  const VertexKey& entity = snapshot_.entities[thing.right];
  return {store_.kind_name(entity.kind), store_.name_of(entity).value_or("?"), thing.bits};
}

std::vector<ReusedThing> Teller::name_all(const std::vector<ReusedVertex>& things, Vertex account) const {
  std::vector<ReusedThing> named;
  for (const ReusedVertex& thing : things) {
    if (named.size() < kThingsTold) named.push_back(name(thing, account));
  }
  return named;
}

std::string Teller::account(Vertex v) const {
  return store_.name_of({kAccountKind, snapshot_.accounts[v]}).value_or("?");
}

Replacement Teller::replacement(const Reuse& reuse, const std::string& ring) const {
  return {.account = account(reuse.banned),
          .ring = ring,
          .banned = reuse.at,
          .lag = reuse.lag,
          .probability = reuse.probability,
          .among = reuse.among,
          .reused = name_all(reuse.things, reuse.account)};
}

std::vector<ReusedThing> Teller::most_reused(const std::vector<std::vector<ReusedVertex>>& by_account,
                                             const std::vector<Vertex>& accounts) const {
  struct Use {
    std::size_t accounts = 0;
    double bits = 0;
    Vertex user = 0;
  };
  std::map<std::pair<std::size_t, Vertex>, Use> uses;
  for (std::size_t i = 0; i < by_account.size(); ++i) {
    for (const ReusedVertex& thing : by_account[i]) {
      Use& use = uses[{thing.view, thing.right}];
      if (use.accounts++ == 0) use.user = accounts[i];
      use.bits = std::max(use.bits, thing.bits);
    }
  }
  std::vector<std::tuple<double, std::size_t, Vertex>> order;  // most bits over all first
  for (const auto& [thing, use] : uses) {
    const auto n = static_cast<double>(use.accounts);
    if (n >= kMost * static_cast<double>(by_account.size()))
      order.emplace_back(-n * use.bits, thing.first, thing.second);
  }
  std::sort(order.begin(), order.end());
  if (order.size() > kThingsTold) order.resize(kThingsTold);
  std::vector<ReusedThing> told;
  for (const auto& [weight, view, right] : order) {
    const Use& use = uses.at({view, right});
    told.push_back(name({view, right, use.bits}, use.user));
    told.back().accounts = static_cast<std::uint32_t>(use.accounts);
  }
  return told;
}

}  // namespace ringscope
