#include "engine/ask/search.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <mutex>
#include <set>

#include <fmt/format.h>

#include "base/error.h"
#include "engine/ask/known_rings.h"
#include "engine/ask/read_run.h"
#include "engine/detect/ring/json_parts.h"
#include "engine/ingest/event.h"
#include "engine/ingest/normalize.h"

namespace ringscope {
namespace {

constexpr std::size_t kRingsOfHit = 5;

struct Network {
  AddressBytes first{}, last{};
};

// "203.0.113.0/24", "2001:db8::/32"; nothing when it does not look like one.
std::optional<Network> network_in(std::string_view text) {
  const std::size_t slash = text.find('/');
  if (slash == std::string_view::npos) return std::nullopt;
  const std::string_view address = text.substr(0, slash), length = text.substr(slash + 1);
  const auto bytes = address_bytes(address);
  if (!bytes) return std::nullopt;
  const bool v4 = address.find(':') == std::string_view::npos;
  const unsigned most = v4 ? 32 : 128;
  unsigned bits = 0;
  const auto [end, error] = std::from_chars(length.data(), length.data() + length.size(), bits);
  if (error != std::errc() || end != length.data() + length.size() || bits > most) {
    throw Error(ErrorCode::usage,
                fmt::format("a network of an {} address ends with / and 0 to {}", v4 ? "IPv4" : "IPv6", most),
                std::string(text));
  }
  bits += 128 - most;
  Network network{*bytes, *bytes};
  for (unsigned bit = bits; bit < 128; ++bit) {
    const auto mask = static_cast<std::uint8_t>(0x80U >> (bit % 8));
    network.first[bit / 8] = static_cast<std::uint8_t>(network.first[bit / 8] & ~mask);
    network.last[bit / 8] = static_cast<std::uint8_t>(network.last[bit / 8] | mask);
  }
  return network;
}

bool begins_with(std::string_view text, std::string_view prefix) {
  std::string a, b;
  return to_lower(text, a).starts_with(to_lower(prefix, b));
}

// What is asked for, taken apart.
struct Question {
  std::string kind;  // empty: any
  std::string text;
  std::optional<Network> network;
};

// What searches share.
struct Frame {
  Frame(const Store& its_store, std::uint64_t its_run) : store(its_store), run(its_run) {
    for (const KindInfo& kind : store.kinds()) {
      if (std::ranges::find(kReservedKinds, kind.name) == kReservedKinds.end()) kinds.push_back(kind);
    }
    if (run == 0) return;
    std::map<std::string, std::vector<std::string>> campaigns_of;  // rings
    visit_ring_lines(store, run, [&](const RingLine& line) {
      rings.add(line);
      for (const auto& [name, confidence] : line.campaigns) campaigns_of[line.ring].push_back(name);
    });
    rings.put_in_order();
    for (std::size_t i = 0; i < rings.size() && !campaigns_of.empty(); ++i) {
      const auto named = campaigns_of.find(rings[i].ring);
      if (named == campaigns_of.end()) continue;
      for (const std::string& name : named->second) campaigns[name].push_back(&rings[i]);
    }
    tests = find_run(store, run).tests;
  }
  Frame(const Frame&) = delete;
  Frame& operator=(const Frame&) = delete;

  const ThingRings& thing_rings() const {
    std::call_once(decoded, [&] { things = std::make_unique<ThingRings>(store, run, rings); });
    return *things;
  }

  const Store& store;
  const std::uint64_t run;  // 0: none
  KnownRings rings;
  std::vector<KindInfo> kinds;  // of things, by name
  std::map<std::string, std::vector<const HitRing*>> campaigns;
  RunTests tests;
  mutable std::once_flag decoded;
  mutable std::unique_ptr<ThingRings> things;
};

class Search {
 public:
  Search(const Frame& in, const SearchOptions& options, std::string_view text) : in_(in), options_(options) {
    answer_.query = text;
    answer_.run = in.run;
    take_apart(trim(text));
  }

  SearchAnswer run() && {
    if (!question_.network) {
      if (wants("ring")) add_rings();
      if (wants("campaign")) add_campaigns();
      for_each_kind([&](KindId kind, const std::string& name) { add_exact(kind, name); });
    }
    if (!options_.exact_only || question_.network) {
      answer_.scanned = !in_.store.has_spellings();
      for_each_kind([&](KindId kind, const std::string& name) {
        answer_.scanned ? add_by_scan(kind, name, false) : add_in_order(kind, name);
        if (in_.store.seals(name) && (question_.network || question_.kind == name)) add_by_scan(kind, name, true);
      });
    }
    return std::move(answer_);
  }

 private:
  void take_apart(std::string_view text) {
    const std::size_t colon = text.find(':');
    const std::string_view kind = text.substr(0, colon);
    const bool named = kind == "ring" || kind == "campaign" || kind == "account" ||
                       std::ranges::find(in_.kinds, kind, &KindInfo::name) != in_.kinds.end();
    if (colon != std::string_view::npos && named) {
      question_.kind = kind;
      text.remove_prefix(colon + 1);
    }
    question_.text = text;
    question_.network = network_in(text);
    if (question_.text.empty())
      throw Error(ErrorCode::usage, "what is to be found? Give an id, a value, the beginning of one, or a network");
  }

  bool wants(std::string_view kind) const { return question_.kind.empty() || question_.kind == kind; }

  // Accounts first, then things by kind.
  template <class Do>
  void for_each_kind(const Do& visit) {
    if (wants("account")) visit(kAccountKind, "account");
    for (const KindInfo& kind : in_.kinds) {
      if (wants(kind.name)) visit(kind.id, kind.name);
    }
  }

  void put(SearchHit hit) {
    if (answer_.hits.size() < options_.limit) {
      answer_.hits.push_back(std::move(hit));
    } else {
      answer_.more = true;
    }
  }

  void add_rings() {
    std::string scratch;
    const std::string text(to_lower(question_.text, scratch));
    const bool id = text.starts_with("r-") || question_.kind == "ring";
    const std::string wanted = text.starts_with("r-") ? text.substr(2) : text;
    if (!id && wanted.size() < 4) return;  // half of all words begin a ring's number
    for (std::size_t i = 0; i < in_.rings.size(); ++i) {
      const HitRing& ring = in_.rings[i];
      const std::string_view number = std::string_view(ring.ring).substr(2);
      const bool exact = number == wanted;
      if (!exact && (options_.exact_only || !number.starts_with(wanted))) continue;
      put({.type = HitType::ring,
           .kind = "ring",
           .value = ring.ring,
           .exact = exact,
           .accounts = ring.size,
           .rings = {ring}});
    }
  }

  void add_campaigns() {
    for (const auto& [name, rings] : in_.campaigns) {
      const bool exact = name == question_.text;
      if (!exact && (options_.exact_only || !begins_with(name, question_.text))) continue;
      SearchHit hit{.type = HitType::campaign, .kind = "campaign", .value = name, .exact = exact, .rings = {}};
      for (const HitRing* ring : rings) {
        hit.accounts += ring->size;
        if (hit.rings.size() < kRingsOfHit) hit.rings.push_back(*ring);
      }
      put(std::move(hit));
    }
  }

  void add_exact(KindId kind, const std::string& name) {
    std::string scratch, lower;
    std::set<std::string> spellings = {question_.text, std::string(to_lower(question_.text, lower))};
    if (const std::string_view address = normalize_ip(question_.text, scratch); !address.empty())
      spellings.insert(std::string(address));
    if (kind != kAccountKind && in_.store.has_value_keys()) {
      for (const std::string& spelling : std::set<std::string>(spellings))
        spellings.insert(in_.store.known_value(name, spelling));
    }
    for (const std::string& value : spellings) {
      const VertexKey key{kind, hash_value(value)};
      if (in_.store.name_of(key) == value) add(key, name, value, true);
    }
  }

  // False: there is no room for more.
  bool add(VertexKey key, const std::string& kind, const std::string& value, bool exact) {
    if (!found_.insert(key).second) return true;
    if (answer_.hits.size() >= options_.limit) {
      answer_.more = true;
      return false;
    }
    put(key.kind == kAccountKind ? account_hit(key, value, exact) : thing_hit(key, kind, value, exact));
    return true;
  }

  SearchHit account_hit(VertexKey key, const std::string& value, bool exact) const {
    SearchHit hit{.type = HitType::account, .kind = "account", .value = value, .exact = exact, .rings = {}};
    if (in_.run == 0) return hit;
    const auto place = in_.store.find_place(in_.run, key.hash);
    const HitRing* ring = place ? in_.rings.find(*place) : nullptr;
    if (ring != nullptr) hit.rings.push_back(*ring);
    return hit;
  }

  SearchHit thing_hit(VertexKey key, const std::string& kind, const std::string& value, bool exact) const {
    SearchHit hit{.type = HitType::thing, .kind = kind, .value = value, .exact = exact, .rings = {}};
    if (in_.run == 0) return hit;
    if (const auto known = in_.store.find_entity(in_.run, key)) {
      hit.accounts = known->accounts;
      hit.bits = static_cast<double>(known->bits);
      hit.verdict = ringscope::verdict_of(*known, in_.tests);
    }
    hit.rings = in_.thing_rings().of(kind, key.hash, kRingsOfHit);
    return hit;
  }

  // Whether a name is meant. `value` is as it is stored.
  bool meant(std::string_view value) const {
    if (!question_.network) return begins_with(value, question_.text);
    const auto bytes = address_bytes(value);
    return bytes && question_.network->first <= *bytes && *bytes <= question_.network->last;
  }

  void add_in_order(KindId kind, const std::string& name) {
    const auto visit = [&](KeyHash hash) {
      const VertexKey key{kind, hash};
      const auto value = in_.store.name_of(key);
      return !value || !meant(*value) || add(key, name, *value, *value == question_.text);
    };
    if (question_.network) {
      in_.store.scan_addresses(kind, question_.network->first, question_.network->last, visit);
    } else {
      in_.store.scan_spellings(kind, question_.text, visit);
    }
  }

  // All names of the kind; `opened`: the values of a sealed kind themselves, though what is stored of them is shown.
  void add_by_scan(KindId kind, const std::string& name, bool opened) {
    std::vector<std::pair<std::string, KeyHash>> values;
    const auto visit = [&](KeyHash hash, std::string_view value) {
      if (meant(value)) values.emplace_back(value, hash);
    };
    opened ? in_.store.scan_texts(kind, visit) : in_.store.scan_names(kind, visit);
    std::ranges::sort(values);
    for (const auto& [value, hash] : values) {
      const auto stored = opened ? in_.store.name_of({kind, hash}) : std::optional(value);
      if (stored && !add({kind, hash}, name, *stored, value == question_.text)) return;
    }
  }

  const Frame& in_;
  const SearchOptions& options_;
  SearchAnswer answer_;
  Question question_;
  std::set<VertexKey> found_;
};

}  // namespace

const char* to_string(HitType type) {
  switch (type) {
    case HitType::ring:
      return "ring";
    case HitType::campaign:
      return "campaign";
    case HitType::account:
      return "account";
    case HitType::thing:
      break;
  }
  return "thing";
}

struct Finder::Impl : Frame {
  using Frame::Frame;
};

Finder::Finder(const Store& store) {
  const auto run = store.latest_run();
  impl_ = std::make_unique<Impl>(store, run ? run->run : 0);
}
Finder::~Finder() = default;

SearchAnswer Finder::find(std::string_view text, const SearchOptions& options) const {
  return Search(*impl_, options, text).run();
}

namespace {

Json hit_json(const SearchHit& hit) {
  Json rings = Json::array();
  for (const HitRing& ring : hit.rings) {
    rings.push_back(
        {{"ring", ring.ring}, {"tier", to_string(ring.tier)}, {"size", ring.size}, {"members", ring.members}});
  }
  return {{"type", to_string(hit.type)},
          {"kind", hit.kind},
          {"value", hit.value},
          {"exact", hit.exact},
          {"accounts", hit.accounts},
          {"bits", hit.bits},
          {"verdict", hit.verdict ? Json(to_string(*hit.verdict)) : Json(nullptr)},
          {"rings", std::move(rings)}};
}

}  // namespace

std::string search_to_json(const SearchAnswer& answer) {
  Json hits = Json::array();
  for (const SearchHit& hit : answer.hits) hits.push_back(hit_json(hit));
  return dump({{"schema", "ringscope.search/1"},
               {"query", answer.query},
               {"run", answer.run},
               {"hits", std::move(hits)},
               {"more", answer.more},
               {"scanned", answer.scanned}});
}

}  // namespace ringscope
