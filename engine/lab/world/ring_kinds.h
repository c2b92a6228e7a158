// The kinds of rings, and how one shares at a hardness.
#pragma once

#include <cstdint>
#include <span>

#include "engine/lab/world/world.h"

namespace ringscope::world {

// What makes one kind of ring unlike another.
struct RingKind {
  SimulatedKind about;
  double share;         // of the ring accounts
  std::uint32_t least;  // accounts; a smaller allotment goes to the farms
  std::uint32_t most;   // accounts a ring
  double rate;          // requests per account and active day
  double on;            // chance of a day to be active
  double ban;           // chance of an account to be banned
  double life;          // days until then, on average
  double latest_start;  // of the month
  Schedule schedule;
  bool unequal = false;    // sizes between least and most
  bool own_style = false;  // each ring shares in its own way
  bool bought = false;     // a card and a device for each account, and all addresses of a wide pool for everyone
  bool asked_for = false;  // planted only where it is named
  bool alone = false;      // its accounts have nothing in common but what they ask
  bool aged = false;       // its accounts were made one by one over the year before, by a dealer
  bool plain = false;      // it asks what the public asks
};

// All there are; the last are the farms, which take what the others leave.
std::span<const RingKind> kinds_of_rings();

// The pool that two tenants and honest buyers use, and that traffic moves to after bans.
inline bool takes_over(const RingKind& kind) { return kind.about.name == "mixed"; }

// How a ring shares, worked out from its hardness.
struct Sharing {
  std::uint32_t cell;           // accounts of a batch
  double per_card, per_device;  // accounts
  double addresses;             // per account
  std::uint16_t spread;         // addresses an account uses; 0: all there are
  double popular;               // chance of a popular fingerprint instead of the ring's
  double roam;                  // share of requests through the whole pool's addresses
  double camouflage;            // share of requests that look like anybody's
  double residential;
  double template_chance;
  double uneven;  // deviation of the logarithm of accounts' rates, as some are used more than others
};

// `bought`: as a kind that buys a card and a device for each account.
Sharing sharing_at(double h, bool bought);

}  // namespace ringscope::world
