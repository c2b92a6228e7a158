#include "engine/detect/incremental/patch.h"

#include <algorithm>
#include <iterator>

namespace ringscope {
namespace {

// The accounts of the image with those that were read again in their places.
struct Merged {
  std::vector<KeyHash> accounts;
  LeftPlan plan;
};

Merged merge_accounts(std::span<const KeyHash> old, std::span<const KeyHash> read, const std::vector<LoadedRow>& rows) {
  Merged merged;
  const auto add = [&](KeyHash account, Vertex number, Vertex row) {
    merged.accounts.push_back(account);
    merged.plan.old_of.push_back(number);
    merged.plan.row_of.push_back(row);
  };
  std::size_t o = 0;
  for (std::size_t i = 0; i < read.size(); ++i) {
    for (; o < old.size() && old[o] < read[i]; ++o) add(old[o], static_cast<Vertex>(o), kGone);
    const bool known = o < old.size() && old[o] == read[i];
    if (rows[i].present) add(read[i], known ? static_cast<Vertex>(o) : kGone, static_cast<Vertex>(i));
    if (known) ++o;
  }
  for (; o < old.size(); ++o) add(old[o], static_cast<Vertex>(o), kGone);
  return merged;
}

template <class Value>
std::vector<Value> moved(const std::vector<Value>& old, const std::vector<Vertex>& now, std::size_t count, Value none) {
  if (old.empty()) return {};
  std::vector<Value> result(count, none);
  for (std::size_t i = 0; i < now.size(); ++i) {
    if (now[i] != kGone) result[now[i]] = old[i];
  }
  return result;
}

void patch_snapshot(Image& image, const DayWindow& window, const Merged& merged, const std::vector<LoadedRow>& rows,
                    Patched& patched) {
  Snapshot& old = image.snapshot;
  KeyedRows<Sighting> before{{}, std::move(old.arrays), std::move(old.sightings)};
  before.keys.reserve(old.entities.size());
  for (const VertexKey& entity : old.entities) before.keys.push_back(entity.hash);
  std::vector<std::vector<KeyedEdge<Sighting>>> replaced(rows.size());
  for (std::size_t i = 0; i < rows.size(); ++i) {
    for (const LoadedThing& thing : rows[i].things) replaced[i].push_back({thing.layer, thing.hash, thing.sighting});
  }
  RowPatch<Sighting> rows_patch(before, merged.plan, replaced);
  KeyedRows<Sighting> after = rows_patch.run();
  patched.entity_now = rows_patch.now();
  Snapshot& snapshot = patched.snapshot;
  snapshot.window = window;
  snapshot.accounts = merged.accounts;
  snapshot.layers = std::move(old.layers);
  snapshot.weights = std::move(old.weights);
  snapshot.arrays = std::move(after.arrays);
  snapshot.sightings = std::move(after.payload);
  snapshot.prompts = std::move(old.prompts);
  snapshot.entities.resize(after.keys.size());
  const BipartiteGraph graph = snapshot.graph();
  for (std::size_t k = 0; k < snapshot.layers.size(); ++k) {
    for (Vertex r = graph.layer_begin(k); r < graph.layer_end(k); ++r)
      snapshot.entities[r] = {snapshot.layers[k].kind, after.keys[r]};
  }
  old.arrays = std::move(before.arrays);
}

void find_changed(const Image& image, const Merged& merged, Patched& patched) {
  const BipartiteGraph before = image.snapshot.graph();
  const BipartiteGraph after = patched.snapshot.graph();
  std::vector<Vertex> then;
  for (Vertex l = 0; l < merged.accounts.size(); ++l) {
    if (merged.plan.row_of[l] == kGone) continue;
    patched.touched.push_back(l);
    const Vertex number = merged.plan.old_of[l];
    then.clear();
    if (number != kGone) {
      for (const Vertex r : before.rights_of(number)) then.push_back(patched.entity_now[r]);
    }
    if (number == kGone || !std::ranges::equal(then, after.rights_of(l))) patched.rewired.push_back(l);
  }
}

void patch_habits(const Store& store, Image& image, const HabitOptions& options, const Merged& merged,
                  Patched& patched) {
  KeyedRows<float> before{std::move(image.habits.keys), std::move(image.habits.arrays),
                          std::move(image.habits.amounts)};
  const auto rows = load_habit_rows(store, patched.snapshot, options, patched.touched);
  LeftPlan plan = merged.plan;
  std::vector<std::vector<KeyedEdge<float>>> replaced(rows.size());
  for (std::size_t i = 0; i < rows.size(); ++i) {
    plan.row_of[patched.touched[i]] = static_cast<Vertex>(i);
    for (const HabitTouch& touch : rows[i]) replaced[i].push_back({touch.layer, touch.key, touch.amount});
  }
  RowPatch<float> rows_patch(before, plan, replaced);
  KeyedRows<float> after = rows_patch.run();
  patched.habit_now = rows_patch.now();
  patched.habits.keys = std::move(after.keys);
  patched.habits.arrays = std::move(after.arrays);
  patched.habits.amounts = std::move(after.payload);
  patched.habits.layers = std::move(image.habits.layers);
  image.habits.keys = std::move(before.keys);
  image.habits.arrays = std::move(before.arrays);
}

}  // namespace

std::vector<KeyHash> expiring(const Store& store, const Snapshot& snapshot, Day first_day) {
  std::vector<KeyHash> accounts;
  const BipartiteGraph graph = snapshot.graph();
  for (Vertex l = 0; l < graph.left_count(); ++l) {
    const auto begin = snapshot.sightings.begin() + static_cast<std::ptrdiff_t>(graph.left_begin(l));
    const auto expires = [&](const Sighting& one) { return one.first != kNoTime && day_of(one.first) < first_day; };
    if (std::any_of(begin, begin + static_cast<std::ptrdiff_t>(graph.left_degree(l)), expires))
      accounts.push_back(snapshot.accounts[l]);
  }
  // And who was active on a day that goes without being seen with anything.
  store.scan_activity({snapshot.window.first, first_day - 1}, 0, 1,
                      [&](KeyHash account, std::span<const ActivityDay> days) {
                        if (days.back().day != kNoDay) accounts.push_back(account);
                      });
  std::ranges::sort(accounts);
  const auto repeated = std::ranges::unique(accounts);
  accounts.erase(repeated.begin(), repeated.end());
  return accounts;
}

Patched patch(const Store& store, Image& image, const DayWindow& window, const HabitOptions& habits,
              std::span<const KeyHash> accounts) {
  const std::vector<LoadedRow> rows = load_rows(store, {.window = window, .weights = image.snapshot.weights}, accounts);
  const Merged merged = merge_accounts(image.snapshot.accounts, accounts, rows);
  Patched patched;
  patched.account_old = merged.plan.old_of;
  patched.account_now.assign(image.snapshot.accounts.size(), kGone);
  for (Vertex l = 0; l < merged.accounts.size(); ++l) {
    if (merged.plan.old_of[l] != kGone) patched.account_now[merged.plan.old_of[l]] = l;
  }
  patched.gone = static_cast<std::size_t>(std::ranges::count(patched.account_now, kGone));
  patch_snapshot(image, window, merged, rows, patched);
  find_changed(image, merged, patched);
  patch_habits(store, image, habits, merged, patched);
  const std::size_t count = patched.snapshot.entities.size();
  patched.entities = {moved(image.entities.hubs, patched.entity_now, count, HubCause::none),
                      moved(image.entities.trust, patched.entity_now, count, 0.0F),
                      moved<char>(image.entities.mute, patched.entity_now, count, 0)};
  return patched;
}

}  // namespace ringscope
