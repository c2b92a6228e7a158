#include "engine/detect/incremental/drift.h"

#include <algorithm>
#include <cmath>

#include <fmt/format.h>

#include "engine/ingest/bytes.h"

namespace ringscope {
namespace {

double share(std::size_t part, std::size_t whole) {
  return static_cast<double>(part) / static_cast<double>(std::max<std::size_t>(1, whole));
}

double largest_change(const BipartiteGraph& before, const BipartiteGraph& after) {
  const auto edges_of = [](const BipartiteGraph& graph, std::size_t k) {
    double edges = 0;
    for (Vertex r = graph.layer_begin(k); r < graph.layer_end(k); ++r)
      edges += static_cast<double>(graph.right_degree(r));
    return edges;
  };
  double largest = 0;
  for (std::size_t k = 0; k < before.layer_count(); ++k) {
    const double then = edges_of(before, k);
    largest = std::max(largest, std::abs(edges_of(after, k) - then) / std::max(1.0, then));
  }
  return largest;
}

bool same_layers(const std::vector<Layer>& a, const std::vector<Layer>& b) {
  return std::ranges::equal(
      a, b, [](const Layer& one, const Layer& other) { return one.kind == other.kind && one.name == other.name; });
}

struct Measure {
  const char* name;
  double bound;
  const char* says;
};
constexpr Measure kMeasures[] = {
    {"touched", kMostTouched, "of the accounts were seen or expired since run"},
    {"rewired", kMostRewired, "of the accounts touch other things than in run"},
    {"edges", kMostEdges, "more or fewer account-entity pairs of a kind than in run"},
    {"ungrouped", kMostUngrouped, "of the accounts are new, share something and are in no group, since run"},
};

}  // namespace

std::uint64_t lists_hash(const Store& store, const Config& config) {
  std::string text;
  const auto add = [&](const std::string& file) {
    if (!file.empty()) text += fmt::format("{:016x}\n", hash_value(read_file(file)));
  };
  add(config.detect.hub_list);
  add(config.detect.asn_table);
  for (const auto* files : {&config.facets.data_centres, &config.facets.vpn_exits, &config.facets.tor_exits,
                            &config.facets.disposable_mail}) {
    text += '-';
    for (const std::string& file : *files) add(file);
  }
  for (const StoredIndicator& one : store.indicators())
    text += fmt::format("{}\n{}\n{}\n", one.campaign, one.kind, one.value);
  return hash_value(text);
}

std::string lasting_hash(Config config) {
  config.detect.as_of.clear();
  return config_hash(config);
}

std::string unusable(const Store& store, const Setup& setup, const Image& image, const DayWindow& window) {
  const std::optional<DayWindow> range = store.day_range();
  const DayWindow& then = image.snapshot.window;
  if (image.config_hash != lasting_hash(setup.config)) return "the configuration is not that of the last full run";
  if (image.lists_hash != lists_hash(store, setup.config)) return "the operator's lists or indicators have changed";
  if (setup.config.detect.tests.coaction && setup.config.detect.coaction_window > 0)
    return "a rule of co-action is applied by a full run only";
  if (!same_layers(image.snapshot.layers, layers_of(store, setup.config.layers)))
    return "the store has kinds of things that the last full run had not";
  // What lies beyond either window's end was never read, or would have to be forgotten.
  const bool open = image.last_day == kNoDay ? !range : then.last >= image.last_day;
  if (!open || window.last < then.last || (range && window.last < range->last) || window.first < then.first)
    return "the window does not follow that of the last full run";
  return {};
}

std::vector<std::pair<std::string, double>> drift_of(const Image& image, const Patched& patched) {
  const std::size_t accounts = image.snapshot.accounts.size();
  return {{"touched", share(patched.touched.size() + patched.gone, accounts) / kMostTouched},
          {"rewired", share(patched.rewired.size() + patched.gone, accounts) / kMostRewired},
          {"edges", largest_change(image.snapshot.graph(), patched.snapshot.graph()) / kMostEdges}};
}

double ungrouped_drift(const Patched& patched, const std::vector<char>& grouped) {
  const BipartiteGraph graph = patched.snapshot.graph();
  std::size_t count = 0;
  for (const Vertex l : patched.rewired) {
    if (grouped[l] != 0 || patched.account_old[l] != kGone) continue;
    if (std::ranges::any_of(graph.rights_of(l), [&](Vertex r) { return graph.right_degree(r) > 1; })) ++count;
  }
  return share(count, patched.account_now.size()) / kMostUngrouped;
}

std::string too_far(const std::vector<std::pair<std::string, double>>& drift, std::uint64_t base) {
  for (const auto& [name, value] : drift) {
    if (value <= 1) continue;
    for (const Measure& one : kMeasures) {
      if (name == one.name) return fmt::format("{:.2g}% {} {}", 100 * value * one.bound, one.says, base);
    }
  }
  return {};
}

}  // namespace ringscope
