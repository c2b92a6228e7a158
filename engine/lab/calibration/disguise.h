// The values of an invented ring, written as the store's own: what it bought is new, what it hides among is real.
#pragma once

#include <cstdint>
#include <string>

#include "absl/container/flat_hash_map.h"

#include "engine/lab/calibration/surroundings.h"
#include "engine/lab/world/planner.h"
#include "engine/lab/world/values.h"

namespace ringscope::calibration {

class Disguise {
 public:
  // Both must outlive it.
  Disguise(const Surroundings& real, const world::World& world, const world::Landscape& land, std::uint64_t seed);

  // Carriers, VPNs and open proxies are the addresses that most accounts of the store use; other people's homes are
  // used by few, or are new in the network of such a one; the operator's own are new.
  const std::string& address(world::Word word);
  // New, of issuers that the store has.
  const std::string& payment(world::Word word);
  // A popular one of the store, or new.
  const std::string& device(world::Word word);
  // At a popular domain of the store, or at one of the operator's own.
  std::string mail(const world::Account& account) const;
  KeyHash templates(world::Word word) const;
  // Names of the store: the same ones if it has them, else another for each.
  std::string capability(std::uint8_t index) const;
  std::string model(std::uint8_t index) const;

 private:
  enum class Place : std::uint8_t { hub, home };
  struct Known {
    Place place;
    std::uint32_t rank;
  };
  using Values = absl::flat_hash_map<world::Word, std::string>;

  std::string new_address(world::Word word) const;
  std::string new_payment(world::Word word) const;
  std::string new_opaque(Role role, world::Word word) const;

  const Surroundings& real_;
  const world::World& world_;
  std::uint64_t seed_;
  absl::flat_hash_map<world::Word, Known> places_;
  absl::flat_hash_map<world::Word, std::uint32_t> popular_devices_, popular_templates_;
  Values addresses_, payments_, devices_;
};

}  // namespace ringscope::calibration
