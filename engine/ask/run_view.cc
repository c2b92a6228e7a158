#include "engine/ask/run_view.h"

#include <algorithm>
#include <bit>
#include <cmath>
#include <utility>

#include "base/error.h"
#include "engine/detect/cluster/clearing.h"
#include "engine/detect/ring/ring_json.h"
#include "engine/detect/ring/stored_rings.h"

namespace ringscope {
namespace {

constexpr std::size_t kKeptRings = 4;  // one of 50,000 takes 15 MB

std::vector<double> intensity_of(const PairModel& model) {
  std::vector<double> intensity(kMaxBins + 1, 0);
  for (const auto& [bin, events] : model.intensity) {
    if (bin < intensity.size()) intensity[bin] = events;
  }
  return intensity;
}

// Of the next larger degree that the run knew, so that a surprise never comes out too large.
double scale_of(const LayerModel& layer, std::uint32_t degree) {
  if (degree == 0 || layer.scales.empty()) return 0;
  const auto at = std::lower_bound(layer.scales.begin(), layer.scales.end(), degree,
                                   [](const auto& one, std::uint32_t wanted) { return one.first < wanted; });
  return static_cast<double>(at == layer.scales.end() ? layer.scales.back().second : at->second);
}

}  // namespace

const char* to_string(ThingVerdict verdict) {
  switch (verdict) {
    case ThingVerdict::evidence:
      return "evidence";
    case ThingVerdict::over_cap:
      return "over_cap";
    case ThingVerdict::listed:
      return "listed";
    case ThingVerdict::uncorroborated:
      return "uncorroborated";
    case ThingVerdict::unshared:
      return "unshared";
    case ThingVerdict::left_out:
      return "left_out";
    case ThingVerdict::outside_window:
      break;
  }
  return "outside_window";
}

ThingVerdict verdict_of(const StoredEntity& entity, const RunTests& tests) {
  if (entity.bits > 0) return ThingVerdict::evidence;
  switch (static_cast<HubCause>(entity.hub)) {
    case HubCause::over_cap:
      return ThingVerdict::over_cap;
    case HubCause::listed:
      return ThingVerdict::listed;
    case HubCause::uncorroborated:
      return ThingVerdict::uncorroborated;
    case HubCause::none:
      break;
  }
  return entity.accounts > tests.hub_accounts ? ThingVerdict::over_cap : ThingVerdict::uncorroborated;
}

RunView::RunView(const Store& store, RunSummary run)
    : store_(store), run_(std::move(run)), surprises_(intensity_of(run_.model), kMaxBins) {
  for (const KindInfo& kind : store.kinds()) {
    for (std::size_t k = 0; k < run_.model.layers.size(); ++k) {
      if (run_.model.layers[k].kind == kind.name) layers_.emplace(kind.id, k);
    }
  }
}

const LayerModel* RunView::layer_of(KindId kind) const {
  const auto at = layers_.find(kind);
  return at == layers_.end() ? nullptr : &run_.model.layers[at->second];
}

std::vector<VertexKey> RunView::keys_among(std::span<const Cell> cells) const {
  std::vector<VertexKey> keys;
  for (const Cell& cell : cells) {
    if (layer_of(cell.entity.kind) == nullptr) continue;                          // left out of the run
    if (keys.empty() || keys.back() != cell.entity) keys.push_back(cell.entity);  // cells ascend by entity
  }
  return keys;
}

std::vector<double> RunView::scales_of(const std::vector<VertexKey>& keys) const {
  std::vector<std::uint32_t> degrees(run_.model.layers.size(), 0);
  for (const VertexKey& key : keys) {
    if (const auto at = layers_.find(key.kind); at != layers_.end()) ++degrees[at->second];
  }
  std::vector<double> scales;
  scales.reserve(degrees.size());
  for (std::size_t k = 0; k < degrees.size(); ++k) scales.push_back(scale_of(run_.model.layers[k], degrees[k]));
  return scales;
}

Thing RunView::describe(VertexKey entity) const {
  Thing thing{.entity = entity};
  if (const auto known = store_.find_entity(run_.run, entity)) {
    thing.verdict = verdict_of(*known, run_.tests);
    thing.accounts = known->accounts;
    thing.bits = static_cast<double>(known->bits);
    thing.trust = static_cast<double>(known->trust);
    thing.cleared = known->cleared;
  }
  const LayerModel* layer = layer_of(entity.kind);
  if (layer == nullptr) return thing;
  if (layer->edges > 0) {
    thing.own_bits = static_cast<double>(
        static_cast<float>(-std::log2(static_cast<double>(thing.accounts) / static_cast<double>(layer->edges))));
  }
  const auto size = static_cast<unsigned>(std::bit_width(thing.accounts)) - 1;
  for (const LayerModel::Vouch& vouch : layer->vouches) {
    if (vouch.log2_accounts != size || thing.verdict != ThingVerdict::evidence) continue;
    const double left = left_of(thing.cleared, thing.accounts);
    thing.joins = static_cast<double>(vouch.observed) * left;
    thing.attaches = static_cast<double>(vouch.fitted) * left;
  }
  return thing;
}

AccountThings RunView::things_of(KeyHash account) const {
  const std::vector<VertexKey> keys = keys_among(store_.cells_of(account, run_.window));
  AccountThings result{account, {}, scales_of(keys)};
  result.things.reserve(keys.size());
  for (const VertexKey& key : keys) result.things.push_back(describe(key));
  return result;
}

AccountThings RunView::as_keys(KeyHash account, std::span<const Cell> cells) const {
  const std::vector<VertexKey> keys = keys_among(cells);
  AccountThings result{account, {}, scales_of(keys)};
  result.things.reserve(keys.size());
  for (const VertexKey& key : keys) result.things.push_back({.entity = key});
  return result;
}

AccountThings RunView::keys_of(KeyHash account) const {
  return as_keys(account, store_.cells_of(account, run_.window));
}

void RunView::visit_keys(std::span<const KeyHash> accounts,
                         const std::function<void(const AccountThings&)>& visit) const {
  store_.visit_cells(accounts, run_.window,
                     [&](KeyHash account, std::span<const Cell> cells) { visit(as_keys(account, cells)); });
}

double RunView::surprise(const AccountThings& a, const AccountThings& b, double bits) const {
  double scale = 0;
  for (std::size_t k = 0; k < a.scales.size(); ++k) scale += a.scales[k] * b.scales[k];
  return static_cast<double>(surprises_.surprise(scale, static_cast<unsigned>(std::max(bits, 0.0) * kBinsPerBit)));
}

bool RunView::vouches(const Thing& thing) const {
  return thing.verdict == ThingVerdict::evidence &&
         (thing.joins >= run_.tests.vouch_core || thing.attaches >= run_.tests.vouch_attach);
}

std::vector<std::uint32_t> RunView::meet(const AccountThings& a, const AccountThings& b) {
  std::vector<std::uint32_t> both;
  both.reserve(std::min(a.things.size(), b.things.size()));
  for (std::size_t i = 0, j = 0; i < a.things.size() && j < b.things.size();) {
    const VertexKey& mine = a.things[i].entity;
    const VertexKey& theirs = b.things[j].entity;
    if (mine == theirs) both.push_back(static_cast<std::uint32_t>(i));
    const bool step_a = !(theirs < mine);
    const bool step_b = !(mine < theirs);
    i += step_a ? 1 : 0;
    j += step_b ? 1 : 0;
  }
  return both;
}

std::vector<Thing> RunView::shared(const AccountThings& a, const AccountThings& b) {
  const std::vector<std::uint32_t> both = meet(a, b);
  std::vector<Thing> things;
  things.reserve(both.size());
  for (const std::uint32_t at : both) things.push_back(a.things[at]);
  return things;
}

std::shared_ptr<const Ring> RunView::ring(const std::string& id) const {
  {
    const std::scoped_lock lock(mutex_);
    const auto found = std::ranges::find(rings_, id, [](const auto& one) -> const std::string& { return one->id; });
    if (found != rings_.end()) {
      rings_.splice(rings_.begin(), rings_, found);
      return *found;
    }
  }
  auto read = stored_ring(store_, run_.run, id);
  if (!read) throw Error(ErrorCode::corrupt, "the ring of an account is missing; run 'ringscope doctor'", id);
  auto ring = std::make_shared<const Ring>(std::move(*read));
  const std::scoped_lock lock(mutex_);
  rings_.push_front(ring);
  if (rings_.size() > kKeptRings) rings_.pop_back();
  return ring;
}

const Decisions& RunView::decisions() const {
  std::call_once(verdicts_read_, [this] { decisions_ = Decisions(read_verdicts(store_)); });
  return decisions_;
}

double RunView::link_bits(KeyHash a, KeyHash b) const {
  for (const StoredLink& link : store_.links_of(run_.run, a)) {
    if (link.other == b) return static_cast<double>(link.bits);
  }
  return 0;
}

std::string RunView::ring_of(KeyHash account) const { return store_.find_place(run_.run, account).value_or(""); }

std::string RunView::account_name(KeyHash account) const {
  return store_.name_of({kAccountKind, account}).value_or("?");
}

RunSummary asked_run(const Store& store) {
  const auto run = store.latest_run();
  return run ? run_from_json(run->payload) : RunSummary{};
}

std::unique_ptr<RunView> view_of(const Store& store, const RunSummary& run) {
  if (run.run == 0 || !run.tests.known()) return nullptr;
  return std::make_unique<RunView>(store, run);
}

std::string RunView::thing_name(VertexKey entity) const {
  return store_.kind_name(entity.kind) + " " + store_.name_of(entity).value_or("?");
}

}  // namespace ringscope
