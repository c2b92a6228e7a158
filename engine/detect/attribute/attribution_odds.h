// How strongly the indicators met in a ring speak for a campaign behind it. Pure computation.
//
// A campaign is tested against a ring by what its indicators in the window point to. One that d accounts touch, x of
// them members, points to the ring with probability x/d; an indicator of somebody else would do so by chance in
// proportion to the ring's size, n/N. Their ratio is its weight: 1 for a carrier's address that touches every ring as
// it touches everybody, N/n for a card that only members use. How much of the campaign's business is this ring, w, is
// not known, so the Bayes factor is the mean over w in (0, 1) of the product of w * weight + (1 - w): what the campaign
// does elsewhere counts against the ring, but no single miss rules it out.
//
// Three things keep it honest. Feeds err, so no indicator weighs more than `most`. Indicators that mostly strangers use
// are a habit ("exits of this VPN") and not facts apart: those of a kind count as one. And two indicators are two facts
// only when two members stand behind them: each counted one has a member of its own (a maximum matching).
//
// Source   the weight of evidence is I. J. Good's (Probability and the Weighing of Evidence, 1950); greedy choice by
//          weight is optimal because sets that can be matched form a matroid (Edmonds, Fulkerson 1965).
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "algorithms/csr_graph.h"

namespace ringscope {

// An indicator that at least one member touches.
struct IndicatorUse {
  std::uint32_t kind = 0;        // a number of its kind
  std::uint32_t population = 0;  // accounts of the window that touch it
  std::vector<Vertex> members;   // of the ring, ascending
  double most = 1;               // bound of its weight
  std::uint32_t campaigns = 1;   // that list it: its weight is divided among them
};

struct CampaignEvidence {
  double log_factor = 0;        // natural logarithm of the Bayes factor
  std::uint32_t counted = 0;    // facts with a weight above 1 and a member of their own
  std::vector<double> weights;  // of each indicator by itself
};

// `missed` of the campaign's indicators are met in the window, but not in the ring. ring_size and accounts > 0.
// O(hits * members of a hit) for at most 64 counted facts, which is certainty at any prior.
CampaignEvidence weigh_campaign(std::span<const IndicatorUse> hits, std::size_t missed, std::size_t ring_size,
                                std::size_t accounts);

// Before anything is looked at, a campaign is as likely here as not, and if it is, its business lies in the rings in
// proportion to their mass: accounts times probability of being a ring at all. And a ring is as likely to be a
// campaign's that is listed as not, and then any of them. Of these two the smaller: so neither many rings nor many
// campaigns raise what is expected to be found by chance. All arguments > 0.
double campaign_prior(std::size_t campaigns, double ring_mass, double mass_of_all_rings);

// Posterior probability of a pair.
double campaign_confidence(double prior, double log_factor);

}  // namespace ringscope
