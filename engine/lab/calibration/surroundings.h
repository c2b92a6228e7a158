// What real accounts of a store look like, for invented ones to hide among: whom an honest one may be modelled on, and
// the values that everybody uses.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "absl/container/flat_hash_map.h"

#include "base/random.h"
#include "engine/load/snapshot.h"
#include "storage/store.h"

namespace ringscope::calibration {

// What rings of the simulator have, in terms of a store's kinds.
enum class Role : std::uint8_t { address, payment, device, mail };
inline constexpr std::array<std::string_view, 4> kRoleNames = {"ip", "payment", "fingerprint", "email"};

enum class Tag : std::uint8_t { capability, model };

// A real account, as a model for an honest one.
struct Donor {
  Vertex account = 0;
  std::uint64_t requests = 0;
  std::vector<ActivityDay> activity;
  AccountFacts facts;
  Seconds first = kNoTime;  // sighting
};

// Something with how often it was seen.
template <class T>
struct Counted {
  T value;
  std::uint64_t count = 0;
};

class Surroundings {
 public:
  // `flagged`, ascending: accounts that nobody is modelled on and whose use makes nothing popular. `roles` names a
  // kind of the store for some roles; the others are found by name, or, where the store has none of the known kinds,
  // by how many things of a kind there are: the most for addresses, then payments, then devices. Throws Error usage
  // for a kind that the store lacks, input when there is nobody to model an account on, memory.
  Surroundings(const Store& store, std::span<const KeyHash> flagged, const std::vector<std::string>& roles,
               const LoadOptions& options);

  const Snapshot& snapshot() const { return snapshot_; }
  const Layer& layer(std::size_t index) const { return snapshot_.layers[index]; }
  std::optional<std::size_t> layer_of(Role role) const { return layer_of_role_[static_cast<std::size_t>(role)]; }
  bool is_role(std::size_t layer) const;
  bool has_activity() const { return has_activity_; }
  bool has_created() const { return has_created_; }
  bool has_status() const { return has_status_; }
  bool has_tokens() const { return has_tokens_; }
  std::optional<DayWindow> days() const { return store_.day_range(); }

  // One of the unflagged, drawn evenly: those that are as busy as a loud ring are few and alike, and twins modelled on
  // them would crowd into a corner where honest accounts do not. Where there is activity, one that has some.
  Donor donor(Random& random) const;
  // Whether a value of this layer is in the store.
  bool exists(std::size_t layer, std::string_view value) const;
  std::string name(Vertex entity) const;
  std::size_t layer_index(Vertex entity) const;

  // What an honest account may have where the donor has `entity`: something else with about as many users, as the
  // degree-preserving rule wants it; where nobody else uses it, a new value in the same network, of the same issuer, at
  // the same mail domain.
  std::string in_place_of(Vertex entity, Random& random) const;
  // The value of one of the few: used by at most four accounts.
  std::string rare(std::size_t layer, Random& random) const;
  // A new value that resembles another.
  std::string fresh_like(std::size_t layer, const std::string& value, Random& random) const;

  // Most used first.
  std::span<const Vertex> popular(Role role) const { return popular_[static_cast<std::size_t>(role)]; }
  std::span<const Counted<std::string>> issuers() const { return issuers_; }
  std::span<const Counted<std::string>> domains() const { return domains_; }
  std::span<const Counted<KeyHash>> templates() const { return templates_; }
  std::span<const Counted<std::string>> capabilities() const { return capabilities_; }
  std::span<const Counted<std::string>> models() const { return models_; }
  // A template for one of the donor's, by the same rule as things; `salt` makes new ones.
  KeyHash template_in_place_of(KeyHash hash, std::uint64_t salt, Random& random) const;
  std::string tag_name(VertexKey tag) const;
  Tag kind_of_tag(VertexKey tag) const { return tag.kind == model_kind_ ? Tag::model : Tag::capability; }

 private:
  void assign_roles(const std::vector<std::string>& roles);
  void assign_by_size();
  void gather_eligible(std::span<const KeyHash> flagged);
  void gather_things();
  void gather_activity();
  void gather_templates();
  void gather_facts();
  void gather_facets();

  const Store& store_;
  Snapshot snapshot_;
  std::array<std::optional<std::size_t>, kRoleNames.size()> layer_of_role_{};
  std::vector<Vertex> eligible_;
  std::vector<char> is_eligible_;
  std::vector<std::uint64_t> requests_;                    // by account
  std::vector<std::vector<std::vector<Vertex>>> by_size_;  // layer, power of two of users: an entry for each edge
  std::vector<std::vector<Vertex>> rare_;                  // layer
  std::array<std::vector<Vertex>, kRoleNames.size()> popular_;
  std::vector<Counted<std::string>> issuers_, domains_, capabilities_, models_;
  std::vector<Counted<KeyHash>> templates_;
  absl::flat_hash_map<KeyHash, std::uint64_t> template_users_;
  std::vector<std::vector<KeyHash>> templates_by_size_;  // as by_size_
  KindId model_kind_{};
  bool has_activity_ = false, has_created_ = false, has_status_ = false, has_tokens_ = false;
};

}  // namespace ringscope::calibration
