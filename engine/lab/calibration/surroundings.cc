#include "engine/lab/calibration/surroundings.h"

#include <algorithm>
#include <bit>
#include <cmath>
#include <map>

#include "base/error.h"
#include "engine/load/facets.h"

namespace ringscope::calibration {
namespace {

constexpr int kAttempts = 100;
constexpr std::size_t kPopular = 150;
constexpr std::size_t kTemplates = 1500;
constexpr ArcIndex kRareUsers = 4;

std::size_t size_class(ArcIndex users) { return static_cast<std::size_t>(std::bit_width(users) - 1); }

std::string opaque(Random& random, int digits) {
  static constexpr std::string_view kHex = "0123456789abcdef";
  std::string text;
  for (int i = 0; i < digits; ++i) text += kHex[random.below(16)];
  return text;
}

template <class T>
std::vector<Counted<T>> most_used(const absl::flat_hash_map<T, std::uint64_t>& counts, std::size_t most) {
  std::vector<Counted<T>> list;
  list.reserve(counts.size());
  for (const auto& [value, count] : counts) list.push_back({value, count});
  std::ranges::sort(list, [](const Counted<T>& a, const Counted<T>& b) {
    return a.count != b.count ? a.count > b.count : a.value < b.value;
  });
  if (list.size() > most) list.resize(most);
  return list;
}

}  // namespace

Surroundings::Surroundings(const Store& store, std::span<const KeyHash> flagged, const std::vector<std::string>& roles,
                           const LoadOptions& options)
    : store_(store), snapshot_(load(store, options)) {
  assign_roles(roles);
  gather_eligible(flagged);
  gather_things();
  gather_activity();
  gather_facts();
  gather_facets();
}

bool Surroundings::is_role(std::size_t layer) const {
  return std::ranges::find(layer_of_role_, std::optional(layer)) != layer_of_role_.end();
}

void Surroundings::assign_roles(const std::vector<std::string>& roles) {
  const auto find = [&](std::string_view kind) -> std::optional<std::size_t> {
    const auto found = std::ranges::find(snapshot_.layers, kind, &Layer::name);
    if (found == snapshot_.layers.end()) return std::nullopt;
    return static_cast<std::size_t>(found - snapshot_.layers.begin());
  };
  bool any = false;
  for (const std::string& text : roles) {  // "ip=sink"
    const std::size_t equals = text.find('=');
    const auto role = std::ranges::find(kRoleNames, std::string_view(text).substr(0, equals));
    if (equals == std::string::npos || role == kRoleNames.end())
      throw Error(ErrorCode::usage, "\"" + text + "\" is none of ip=KIND, payment=KIND, fingerprint=KIND, email=KIND");
    const auto layer = find(std::string_view(text).substr(equals + 1));
    if (!layer) throw Error(ErrorCode::usage, "the store has no kind \"" + text.substr(equals + 1) + "\"");
    layer_of_role_[static_cast<std::size_t>(role - kRoleNames.begin())] = layer;
    any = true;
  }
  for (std::size_t r = 0; r < kRoleNames.size(); ++r) {
    if (const auto layer = find(kRoleNames[r]); layer && !layer_of_role_[r] && !is_role(*layer))
      layer_of_role_[r] = layer;
    any = any || layer_of_role_[r].has_value();
  }
  if (!any) assign_by_size();
}

void Surroundings::assign_by_size() {
  const BipartiteGraph graph = snapshot_.graph();
  std::vector<std::pair<std::uint64_t, std::size_t>> edges;  // descending by edges
  edges.reserve(snapshot_.layers.size());
  for (std::size_t l = 0; l < snapshot_.layers.size(); ++l) {
    std::uint64_t sum = 0;
    for (Vertex v = graph.layer_begin(l); v < graph.layer_end(l); ++v) sum += graph.right_degree(v);
    edges.emplace_back(~sum, l);
  }
  std::ranges::sort(edges);
  for (std::size_t r = 0; r < 3 && r < edges.size(); ++r) layer_of_role_[r] = edges[r].second;
}

void Surroundings::gather_eligible(std::span<const KeyHash> flagged) {
  const BipartiteGraph graph = snapshot_.graph();
  is_eligible_.assign(snapshot_.accounts.size(), 0);
  eligible_.reserve(snapshot_.accounts.size());
  for (Vertex a = 0; a < graph.left_count(); ++a) {
    if (graph.left_degree(a) == 0 || std::ranges::binary_search(flagged, snapshot_.accounts[a])) continue;
    is_eligible_[a] = 1;
    eligible_.push_back(a);
  }
  if (eligible_.empty())
    throw Error(ErrorCode::input, "the store has no account that an honest one could be modelled on");
}

void Surroundings::gather_things() {
  const BipartiteGraph graph = snapshot_.graph();
  by_size_.resize(graph.layer_count());
  rare_.resize(graph.layer_count());
  std::vector<std::pair<std::uint64_t, Vertex>> uses;  // ~users, entity
  for (std::size_t l = 0; l < graph.layer_count(); ++l) {
    uses.clear();
    uses.reserve(graph.layer_end(l) - graph.layer_begin(l));
    by_size_[l].resize(40);
    for (Vertex v = graph.layer_begin(l); v < graph.layer_end(l); ++v) {
      std::uint64_t honest = 0;
      for (const Vertex a : graph.lefts_of(v)) honest += is_eligible_[a] ? 1 : 0;
      if (honest == 0) continue;
      uses.emplace_back(~honest, v);
      auto& alike = by_size_[l][size_class(graph.right_degree(v))];
      alike.insert(alike.end(), honest, v);
      if (graph.right_degree(v) <= kRareUsers) rare_[l].push_back(v);
    }
    const auto role = std::ranges::find(layer_of_role_, std::optional(l));
    if (role == layer_of_role_.end()) continue;
    std::ranges::sort(uses);
    auto& popular = popular_[static_cast<std::size_t>(role - layer_of_role_.begin())];
    popular.reserve(kPopular);
    for (std::size_t i = 0; i < uses.size() && i < kPopular; ++i) popular.push_back(uses[i].second);
  }
}

void Surroundings::gather_activity() {
  requests_.resize(snapshot_.accounts.size());
  model_kind_ = store_.find_kind("model").value_or(KindId{});
  std::map<VertexKey, std::uint64_t> tags;
  store_.scan_activity(snapshot_.window, 0, 1, [&](KeyHash account, std::span<const ActivityDay> days) {
    const auto at = std::ranges::lower_bound(snapshot_.accounts, account);
    if (at == snapshot_.accounts.end() || *at != account) return;
    const auto index = static_cast<std::size_t>(at - snapshot_.accounts.begin());
    for (const ActivityDay& day : days) {
      has_activity_ = true;
      has_tokens_ = has_tokens_ || day.tokens_in > 0;
      requests_[index] += day.requests;
      if (!is_eligible_[index]) continue;
      for (const TagCount& tag : day.tags) tags[tag.tag] += tag.count;
      for (const TemplateCount& one : day.templates) ++template_users_[one.template_hash];
    }
  });
  gather_templates();
  absl::flat_hash_map<std::string, std::uint64_t> capabilities;
  absl::flat_hash_map<std::string, std::uint64_t> models;
  for (const auto& [tag, count] : tags)
    (kind_of_tag(tag) == Tag::model ? models : capabilities)[tag_name(tag)] += count;
  capabilities_ = most_used(capabilities, kPopular);
  models_ = most_used(models, kPopular);
}

void Surroundings::gather_templates() {
  templates_ = most_used(template_users_, template_users_.size());
  templates_by_size_.resize(64);
  for (const Counted<KeyHash>& one : templates_) {
    auto& alike = templates_by_size_[size_class(one.count)];
    if (one.count > 1) alike.insert(alike.end(), one.count, one.value);
  }
  if (templates_.size() > kTemplates) templates_.resize(kTemplates);
}

void Surroundings::gather_facts() {
  store_.scan_facts([&](KeyHash, const AccountFacts& facts) {
    has_created_ = has_created_ || facts.created != kNoTime;
    has_status_ = has_status_ || !facts.status.value().empty();
  });
}

void Surroundings::gather_facets() {
  const auto count = [&](Role role, auto derive) {
    absl::flat_hash_map<std::string, std::uint64_t> counts;
    if (const auto layer = layer_of(role)) {
      store_.scan_names(snapshot_.layers[*layer].kind, [&](KeyHash, std::string_view value) {
        if (const auto facet = derive(value)) ++counts[*facet];
      });
    }
    return most_used(counts, counts.size());
  };
  issuers_ = count(Role::payment, [](std::string_view value) { return issuer_of(value); });
  domains_ = count(Role::mail, domain_of);
}

Donor Surroundings::donor(Random& random) const {
  Vertex best = eligible_[random.below(eligible_.size())];
  for (int i = 0; has_activity_ && requests_[best] == 0 && i < kAttempts; ++i)
    best = eligible_[random.below(eligible_.size())];
  const KeyHash key = snapshot_.accounts[best];
  Donor donor{.account = best,
              .requests = requests_[best],
              .activity = store_.activity_of(key, snapshot_.window),
              .facts = store_.facts_of(key)};
  const BipartiteGraph graph = snapshot_.graph();
  for (ArcIndex e = graph.left_begin(best); e < graph.left_begin(best) + graph.left_degree(best); ++e) {
    const Seconds first = snapshot_.sightings[e].first;
    if (first != kNoTime && (donor.first == kNoTime || first < donor.first)) donor.first = first;
  }
  return donor;
}

bool Surroundings::exists(std::size_t layer, std::string_view value) const {
  return store_.name_of({snapshot_.layers[layer].kind, hash_value(value)}).has_value();
}

std::string Surroundings::name(Vertex entity) const {
  return store_.name_of(snapshot_.entities[entity]).value_or(std::string());
}

std::size_t Surroundings::layer_index(Vertex entity) const {
  const auto& offsets = snapshot_.arrays.layer_offsets;
  return static_cast<std::size_t>(std::ranges::upper_bound(offsets, entity) - offsets.begin()) - 1;
}

std::string Surroundings::in_place_of(Vertex entity, Random& random) const {
  const std::size_t layer = layer_index(entity);
  const ArcIndex users = snapshot_.graph().right_degree(entity);
  if (users == 1) return fresh_like(layer, name(entity), random);
  const auto& alike = by_size_[layer][size_class(users)];
  return name(alike.empty() ? entity : alike[random.below(alike.size())]);
}

std::string Surroundings::rare(std::size_t layer, Random& random) const {
  if (rare_[layer].empty()) return opaque(random, 12);
  return name(rare_[layer][random.below(rare_[layer].size())]);
}

std::string Surroundings::fresh_like(std::size_t layer, const std::string& value, Random& random) const {
  const std::string& kind = snapshot_.layers[layer].name;
  for (int attempt = 0; attempt < 300; ++attempt) {
    std::string fresh;
    if (kind == "ip" && value.find(':') == std::string::npos && value.rfind('.') != std::string::npos) {
      fresh = value.substr(0, value.rfind('.') + 1) + std::to_string(1 + random.below(254));
    } else if (const auto issuer = issuer_of(value); kind == "payment" && issuer) {
      fresh = *issuer + "-" + opaque(random, 10);
    } else if (const auto domain = domain_of(value); kind == "email" && domain) {
      fresh = opaque(random, 10) + "@" + *domain;
    } else {
      fresh = opaque(random, 12);
    }
    if (!exists(layer, fresh)) return fresh;
  }
  return opaque(random, 16);  // a network that is full
}

KeyHash Surroundings::template_in_place_of(KeyHash hash, std::uint64_t salt, Random& random) const {
  const auto found = template_users_.find(hash);
  if (found == template_users_.end() || found->second <= 1) return mix64(hash ^ salt);
  const auto& alike = templates_by_size_[size_class(found->second)];
  return alike[random.below(alike.size())];
}

std::string Surroundings::tag_name(VertexKey tag) const { return store_.name_of(tag).value_or(std::string()); }

}  // namespace ringscope::calibration
