#include "engine/detect/attribute/indicator_users.h"

#include <algorithm>
#include <functional>
#include <map>
#include <optional>
#include <unordered_map>

#include "base/parallel.h"
#include "engine/detect/attribute/indicator_kinds.h"
#include "engine/load/facets.h"
#include "engine/load/network.h"

namespace ringscope {
namespace {

constexpr std::size_t kParts = 64;

// By indicator: entities of the snapshot that it covers, and accounts that touch it in another way.
struct Covered {
  std::vector<Vertex> entities;
  std::vector<Vertex> accounts;
};

// Position in an ascending range.
template <class Range, class Value>
std::optional<std::size_t> find_sorted(const Range& range, const Value& value) {
  const auto at = std::ranges::lower_bound(range, value);
  if (at == range.end() || *at != value) return std::nullopt;
  return static_cast<std::size_t>(at - range.begin());
}

std::optional<std::size_t> layer_named(const Snapshot& snapshot, std::string_view name) {
  for (std::size_t k = 0; k < snapshot.layers.size(); ++k) {
    if (snapshot.layers[k].name == name) return k;
  }
  return std::nullopt;
}

std::optional<Vertex> entity_of(const Snapshot& snapshot, const IndicatorName& name) {
  const auto layer = layer_named(snapshot, name.kind);
  if (!layer) return std::nullopt;
  const BipartiteGraph graph = snapshot.graph();
  const auto first = snapshot.entities.begin() + graph.layer_begin(*layer);
  const auto last = snapshot.entities.begin() + graph.layer_end(*layer);
  const KeyHash hash = hash_value(name.value);
  const auto at = std::lower_bound(first, last, hash, [](const VertexKey& key, KeyHash h) { return key.hash < h; });
  if (at == last || at->hash != hash) return std::nullopt;
  return static_cast<Vertex>(at - snapshot.entities.begin());
}

// Calls visit(entity, value) for the layer's entities in the snapshot.
void scan_layer(const Store& store, const Snapshot& snapshot, std::string_view name,
                const std::function<void(Vertex, std::string_view)>& visit) {
  const auto layer = layer_named(snapshot, name);
  if (layer) scan_texts_of(store, snapshot, *layer, visit);
}

using Names = std::span<const IndicatorName>;

bool is_of(const IndicatorName& name, IndicatorMatch match) { return indicator_kind(name.kind).match == match; }
bool any_of(Names names, IndicatorMatch match) {
  return std::ranges::any_of(names, [&](const IndicatorName& name) { return is_of(name, match); });
}

// Indicators of one kind by value; normal forms, so each comes once.
std::unordered_map<std::string, std::size_t> values_of(Names names, IndicatorMatch match) {
  std::unordered_map<std::string, std::size_t> values;
  for (std::size_t i = 0; i < names.size(); ++i) {
    if (is_of(names[i], match)) values.emplace(names[i].value, i);
  }
  return values;
}

void cover_networks(const Store& store, const Snapshot& snapshot, Names names, std::vector<Covered>& covered) {
  std::map<int, std::map<Address, std::vector<std::size_t>>> by_bits;
  for (std::size_t i = 0; i < names.size(); ++i) {
    if (!is_of(names[i], IndicatorMatch::network)) continue;
    if (const auto network = parse_network(names[i].value))
      by_bits[network->bits][masked(network->address, network->bits)].push_back(i);
  }
  scan_layer(store, snapshot, "ip", [&](Vertex entity, std::string_view value) {
    const auto address = parse_network(value);
    if (!address) return;
    for (const auto& [bits, networks] : by_bits) {
      const auto found = networks.find(masked(address->address, bits));
      if (found == networks.end()) continue;
      for (const std::size_t i : found->second) covered[i].entities.push_back(entity);
    }
  });
}

void cover_systems(const Store& store, const Snapshot& snapshot, Names names, const AddressTable& systems,
                   std::vector<Covered>& covered) {
  std::map<std::uint32_t, std::size_t> wanted;
  for (const auto& [value, i] : values_of(names, IndicatorMatch::system))
    wanted.emplace(static_cast<std::uint32_t>(std::stoul(value)), i);
  scan_layer(store, snapshot, "ip", [&](Vertex entity, std::string_view value) {
    const auto address = parse_network(value);
    const auto system = address ? systems.find(address->address) : std::nullopt;
    const auto found = system ? wanted.find(*system) : wanted.end();
    if (found != wanted.end()) covered[found->second].entities.push_back(entity);
  });
}

void cover_issuers(const Store& store, const Snapshot& snapshot, Names names, std::vector<Covered>& covered) {
  const auto issuers = values_of(names, IndicatorMatch::issuer);
  scan_layer(store, snapshot, "payment", [&](Vertex entity, std::string_view value) {
    if (!issuer_of(value)) return;
    for (const std::size_t digits : {6, 7, 8}) {
      const auto found = issuers.find(std::string(value.substr(0, digits)));
      if (value.size() >= digits && found != issuers.end()) covered[found->second].entities.push_back(entity);
    }
  });
}

void cover_domains(const Store& store, const Snapshot& snapshot, Names names, std::vector<Covered>& covered) {
  const auto domains = values_of(names, IndicatorMatch::mail_domain);
  scan_layer(store, snapshot, "email", [&](Vertex entity, std::string_view value) {
    const auto domain = domain_of(value);
    const auto found = domain ? domains.find(*domain) : domains.end();
    if (found != domains.end()) covered[found->second].entities.push_back(entity);
  });
}

void cover_prompts(const Store& store, const Snapshot& snapshot, Names names, unsigned threads,
                   std::vector<Covered>& covered) {
  std::unordered_map<KeyHash, std::size_t> prompts;
  for (const auto& [value, i] : values_of(names, IndicatorMatch::prompt)) prompts.emplace(hash_value(value), i);
  using Found = std::vector<std::pair<std::size_t, Vertex>>;
  const auto parts = parallel_map_chunks<Found>(kParts, 1, threads, [&](const Chunk& chunk, unsigned) {
    Found found;
    const auto add = [&](KeyHash key, std::span<const ActivityDay> days) {
      const auto account = find_sorted(snapshot.accounts, key);
      if (!account) return;
      for (const ActivityDay& day : days) {
        for (const TemplateCount& entry : day.templates) {
          if (const auto at = prompts.find(entry.template_hash); at != prompts.end())
            found.emplace_back(at->second, static_cast<Vertex>(*account));
        }
      }
    };
    scan_activity(store, snapshot.window, snapshot.unread(), chunk.index, kParts, add);
    return found;
  });
  for (const Found& part : parts) {
    for (const auto& [i, account] : part) covered[i].accounts.push_back(account);
  }
}

void cover_single(const Snapshot& snapshot, Names names, std::vector<Covered>& covered) {
  for (std::size_t i = 0; i < names.size(); ++i) {
    if (is_of(names[i], IndicatorMatch::entity) || is_of(names[i], IndicatorMatch::prompt)) {
      if (const auto entity = entity_of(snapshot, names[i])) covered[i].entities.push_back(*entity);
    } else if (is_of(names[i], IndicatorMatch::account)) {
      if (const auto account = find_sorted(snapshot.accounts, hash_value(names[i].value)))
        covered[i].accounts.push_back(static_cast<Vertex>(*account));
    }
  }
}

// Each account once, however many of the entities it touches.
class Union {
 public:
  Union(const BipartiteGraph& graph, std::span<const char> is_interesting)
      : graph_(graph), is_interesting_(is_interesting), seen_(graph.left_count(), 0) {}

  IndicatorUsers of(const Covered& covered) {
    ++stamp_;
    users_ = {};
    for (const Vertex account : covered.accounts) add(account);
    for (const Vertex entity : covered.entities) {
      for (const Vertex account : graph_.lefts_of(entity)) add(account);
    }
    std::sort(users_.interesting.begin(), users_.interesting.end());
    return std::move(users_);
  }

 private:
  void add(Vertex account) {
    if (seen_[account] == stamp_) return;
    seen_[account] = stamp_;
    ++users_.population;
    if (is_interesting_[account] != 0) users_.interesting.push_back(account);
  }

  BipartiteGraph graph_;
  std::span<const char> is_interesting_;
  std::vector<std::uint32_t> seen_;
  std::uint32_t stamp_ = 0;
  IndicatorUsers users_;
};

}  // namespace

std::vector<IndicatorUsers> find_indicator_users(const Store& store, const Snapshot& snapshot, Names names,
                                                 std::span<const char> is_interesting, const AddressTable* systems,
                                                 unsigned threads) {
  std::vector<Covered> covered(names.size());
  cover_single(snapshot, names, covered);
  if (any_of(names, IndicatorMatch::network)) cover_networks(store, snapshot, names, covered);
  if (systems != nullptr && any_of(names, IndicatorMatch::system))
    cover_systems(store, snapshot, names, *systems, covered);
  if (any_of(names, IndicatorMatch::issuer)) cover_issuers(store, snapshot, names, covered);
  if (any_of(names, IndicatorMatch::mail_domain)) cover_domains(store, snapshot, names, covered);
  if (any_of(names, IndicatorMatch::prompt)) cover_prompts(store, snapshot, names, threads, covered);
  Union accounts(snapshot.graph(), is_interesting);
  std::vector<IndicatorUsers> users;
  users.reserve(names.size());
  for (const Covered& one : covered) users.push_back(accounts.of(one));
  return users;
}

}  // namespace ringscope
