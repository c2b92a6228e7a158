#include "engine/ask/plan.h"

#include <algorithm>
#include <array>
#include <chrono>
#include <map>

#include <absl/container/flat_hash_map.h>

#include "base/random.h"
#include "engine/detect/project/weigh.h"
#include "engine/detect/stages.h"
#include "engine/json.h"

namespace ringscope {
namespace {

// How much faster a million words are sorted than on the machine that the constants are of; the best of three.
double machine_speed() {
  constexpr std::size_t kWords = 1'000'000;
  constexpr int kRounds = 3;
  double best = kReferenceSort * 100;
  for (int round = 0; round < kRounds; ++round) {
    std::vector<std::uint64_t> words(kWords);
    for (std::size_t i = 0; i < words.size(); ++i) words[i] = mix64(i);
    const auto start = std::chrono::steady_clock::now();
    std::sort(words.begin(), words.end());
    best = std::min(best, std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count());
  }
  return kReferenceSort / best;
}

struct Counted {
  std::array<absl::flat_hash_map<KeyHash, Vertex>, 256> accounts_on;  // by kind number
  std::uint64_t accounts = 0, cells = 0;
};

Counted count(const Store& store, const Config& config, const DayWindow& window) {
  std::array<bool, 256> is_layer{};
  for (const KindInfo& kind : store.kinds())
    is_layer[static_cast<std::size_t>(kind.id)] = is_layer_kind(kind.name) && weight_of(config.layers, kind.name) > 0;
  Counted counted;
  store.scan_cells(window, [&](KeyHash, std::span<const Cell> cells) {
    ++counted.accounts;
    counted.cells += cells.size();
    for (std::size_t i = 0; i < cells.size(); ++i) {  // those of one entity follow each other
      const VertexKey& entity = cells[i].entity;
      if (!is_layer[static_cast<std::size_t>(entity.kind)] || (i > 0 && cells[i - 1].entity == entity)) continue;
      ++counted.accounts_on[static_cast<std::size_t>(entity.kind)][entity.hash];
    }
  });
  return counted;
}

// Degrees 1, 2, 3 to 4, 5 to 8, … and, apart, those above the limit.
std::vector<DegreeBand> bands_of(const std::map<Vertex, std::uint64_t>& entities_by_degree, Vertex limit) {
  std::vector<DegreeBand> bands;
  for (const auto& [degree, entities] : entities_by_degree) {
    if (bands.empty() || degree > bands.back().most) {
      Vertex most = 1;
      while (most < degree) most *= 2;
      const bool hub = degree > limit;
      const Vertex least = std::max(most / 2 + 1, hub ? limit + 1 : 1);
      bands.push_back({.least = most == 1 ? 1 : least, .most = hub ? most : std::min(most, std::max(limit, degree))});
      bands.back().treatment = degree == 1 ? Treatment::alone : hub ? Treatment::hub : Treatment::paired;
    }
    DegreeBand& band = bands.back();
    band.entities += entities;
    band.edges += entities * degree;
    if (band.treatment == Treatment::paired) band.pairs += entities * (std::uint64_t{degree} * (degree - 1) / 2);
  }
  return bands;
}

}  // namespace

const char* to_string(Treatment treatment) {
  switch (treatment) {
    case Treatment::alone:
      return "alone";
    case Treatment::paired:
      return "paired";
    case Treatment::hub:
      return "hub";
  }
  return "?";
}

Plan plan(const Store& store, const Config& config) {
  check_layers(config.layers, store);
  Plan result;
  result.window = window_of(store, config.detect);
  const Counted counted = count(store, config, result.window);
  result.size.accounts = counted.accounts;
  result.cells = counted.cells;
  std::map<Vertex, std::uint64_t> entities_by_degree;
  for (const KindInfo& kind : store.kinds()) {
    PlannedKind planned{.name = kind.name};
    for (const auto& [entity, accounts] : counted.accounts_on[static_cast<std::size_t>(kind.id)]) {
      ++planned.entities;
      planned.edges += accounts;
      planned.most = std::max(planned.most, accounts);
      ++entities_by_degree[accounts];
    }
    if (planned.entities == 0) continue;
    result.entities += planned.entities;
    result.size.edges += planned.edges;
    result.kinds.push_back(std::move(planned));
  }
  result.hub_accounts = hub_limit(entities_by_degree, {.hub_accounts = config.detect.hub_accounts});
  result.bands = bands_of(entities_by_degree, result.hub_accounts);
  for (const DegreeBand& band : result.bands) result.size.pairs += band.pairs;
  result.stages = detection_cost(result.size, config.threads, machine_speed());
  for (const StageCost& stage : result.stages) result.seconds += stage.seconds;
  result.peak_bytes = detection_bytes(result.size);
  result.memory_bytes = config.memory_bytes;
  return result;
}

std::string plan_to_json(const Plan& plan) {
  Json json = {{"schema", "ringscope.plan/1"},
               {"accounts", plan.size.accounts},
               {"entities", plan.entities},
               {"edges", plan.size.edges},
               {"cells", plan.cells},
               {"pairs", plan.size.pairs},
               {"hub_accounts", plan.hub_accounts},
               {"kinds", Json::array()},
               {"bands", Json::array()},
               {"stages", Json::array()},
               {"seconds", plan.seconds},
               {"peak_bytes", plan.peak_bytes},
               {"memory_bytes", plan.memory_bytes},
               {"fits", plan.peak_bytes <= plan.memory_bytes}};
  for (const PlannedKind& kind : plan.kinds)
    json["kinds"].push_back(
        {{"kind", kind.name}, {"entities", kind.entities}, {"edges", kind.edges}, {"most_accounts", kind.most}});
  for (const DegreeBand& band : plan.bands)
    json["bands"].push_back({{"least", band.least},
                             {"most", band.most},
                             {"entities", band.entities},
                             {"edges", band.edges},
                             {"pairs", band.pairs},
                             {"treatment", to_string(band.treatment)}});
  for (const StageCost& stage : plan.stages)
    json["stages"].push_back({{"stage", stage.name}, {"seconds", stage.seconds}, {"bytes", stage.bytes}});
  return json.dump();
}

}  // namespace ringscope
