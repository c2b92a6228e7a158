// What a stream has shown of one account so far, and what it says for each ring.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "engine/ask/score/ring_index.h"

namespace ringscope {

inline constexpr std::size_t kMostTouches = 256;  // values of an account that are looked at; further ones say nothing

// How an account's evidence comes out against a ring.
struct RingMatch {
  std::uint32_t ring = 0;
  double bits = 0;   // of likeness, over all kinds
  int kinds = 0;     // kinds with two bits or more, habits left out …
  int tangible = 0;  // … and of them those that somebody had to get hold of
};

// A value that a ring touches, as reasons need it.
struct NamedValue {
  std::size_t layer = 0;
  std::uint64_t value = 0;
  std::string text;
};

class AccountEvidence {
 public:
  // A value of a layer, by its hash and in words. Asks the index when it is new.
  void touch(RingIndex& index, std::size_t layer, std::uint64_t value, std::string_view text);
  // One more of what is counted: hours, capabilities.
  void count(std::size_t layer, std::uint64_t value, double n);

  // Rings with a kind that speaks for the account, ascending. O(rings of its values · layers).
  std::vector<RingMatch> matches(const RingIndex& index) const;
  // Rings of which one alone might be among them, ascending. O(rings of its values · layers), without reading the
  // rings.
  std::vector<std::uint32_t> candidates(const RingIndex& index) const;
  // Of one of them; nothing when no kind speaks for the account.
  std::optional<RingMatch> match_of(const RingIndex& index, std::uint32_t ring) const;
  // Bits against one of them by IndexHead::kinds.
  std::vector<float> bits_by_kind(const RingIndex& index, std::uint32_t ring) const;
  // Of a layer, how many.
  std::size_t values_of(std::size_t layer) const { return layer < layers_.size() ? layers_[layer].values : 0; }
  // Values that some ring touches, the first kMostNamed, and all that confirmed rings draw in by.
  const std::vector<NamedValue>& named() const { return named_; }
  // After the index has changed: all is asked anew. Layers are told by name.
  void move_to(const RingIndex& old_index, RingIndex& index);
  std::size_t bytes() const;

 private:
  static constexpr std::size_t kMostNamed = 32;
  struct Touch {
    std::uint32_t layer = 0;
    std::uint64_t value = 0;
    friend auto operator<=>(const Touch&, const Touch&) = default;
  };
  // Of one ring and layer.
  struct Sum {
    std::uint32_t ring = 0;
    std::uint32_t layer = 0;
    std::uint32_t values = 0;  // that the ring touches …
    std::uint32_t cut = 0;     // … of them those whose rings are not all listed
    float bits = 0;
  };
  struct LayerCount {
    std::uint32_t values = 0;
    std::uint32_t cut = 0;
  };
  struct Counted {
    std::size_t layer = 0;
    std::uint64_t value = 0;
    double n = 0;
  };
  void look_up(RingIndex& index, const Touch& touch, std::string_view text);
  void add_postings(std::uint32_t layer, const HeldValue& value);
  // Memory of one comparison after the other.
  struct Scratch {
    std::vector<float> by_layer, by_kind;
    std::vector<double> counted;  // by layer
  };
  Scratch scratch_for(const IndexHead& head) const;
  void add_values(const IndexRing& ring, std::span<const Sum> sums, Scratch& scratch) const;
  void add_habits(const IndexRing& ring, Scratch& scratch) const;
  static bool may_match(const IndexHead& head, std::span<const Sum> sums);
  std::optional<RingMatch> match_by(const IndexHead& head, std::span<const Sum> sums, Scratch& scratch) const;
  std::span<const Sum> sums_of(std::uint32_t ring) const;
  std::size_t end_of_ring(std::size_t begin) const;

  std::vector<Touch> touches_;      // ascending
  std::vector<LayerCount> layers_;  // by layer
  std::vector<Sum> sums_;           // ascending by ring, layer
  std::vector<Counted> counted_;
  std::vector<NamedValue> named_;
};

}  // namespace ringscope
