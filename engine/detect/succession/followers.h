// Who came after a wave of bans (and, to compare, before it) and is like the banned.
//
// Method   algorithms/likeness.h, the banned against those who came within the horizon of the wave, honest people and
//          rings in equal parts: what is popular in those days, or common among operators, proves nothing. An account
//          is like the banned when two kinds of things say so (the ring that both are in is one), one of them no mere
//          habit, with so many bits that in all those who came at most kMostChance is expected by chance. So is
//          everybody of a ring that is like them as a whole: most of those of it who came after the wave have things
//          that mark the banned, and in the mean two kinds say so with so many bits that of all rings that grew at most
//          kMostChance is expected by chance. There are far fewer rings than accounts, so a ring of which each account
//          alone would not do is told from chance.
// Cost     the edges of the banned, of those who came, and of the users of what marks the banned.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <span>
#include <vector>

#include "engine/detect/project/likeness_plan.h"
#include "engine/detect/succession/waves.h"

namespace ringscope {

// A right vertex of one of the plan's views that is used again.
struct ReusedVertex {
  std::size_t view = 0;
  Vertex right = 0;
  double bits = 0;
};

struct Follower {
  Vertex account = 0;
  float bits = 0;
  Seconds lag = 0;  // from the last ban before it came; below 0: it came so much before the first ban
};

class Followers {
 public:
  // All must outlive it.
  Followers(const Snapshot& snapshot, const Habits& habits, const Lives& lives, const RingPlaces& rings,
            Seconds horizon);

  // Those who came within the horizon of these moments are everybody from now on. First of all.
  void set_period(Seconds first, Seconds last);
  // Of the period's, those like the members of the wave, by account. Members themselves may come before, not after.
  std::vector<Follower> of(const Wave& wave);
  // The banned that the two below are about.
  void hold(const Wave& wave) { likeness_->set_group(wave.members); }
  // Things, facets and prompts of the account that mark the banned held, of each kind the most telling: what they
  // are and how many times as common among the banned as in the period, in bits.
  std::vector<ReusedVertex> marks_of(Vertex account) const;

  // Of the wave, banned before the account came, the one that has most in common with it that few of the banned have;
  // of equals the last banned, then the smallest. Members are banned, so not of a control.
  Vertex nearest_banned(const Wave& wave, Vertex account) const;

  const LikenessPlan& plan() const { return plan_; }

 private:
  bool is_suspect(Vertex v) const { return rings_.suspect[v] != 0; }
  std::vector<double> weights_of(std::span<const Vertex> accounts) const;
  float ring_bits(Vertex account, const Wave& wave) const;
  // Do these bits of kinds say so, beside those of the ring? `least` in all.
  bool is_like(const std::vector<float>& bits, float of_ring, double least) const;
  float sum_of(const std::vector<float>& bits) const;
  // Those of a ring who are not like the banned by themselves.
  struct Doubtful {
    std::vector<Follower> accounts;
    std::vector<float> bits;  // by kind, summed over those who came after the wave
    double after = 0;         // how many of the ring came after it and are like the banned or doubtful
  };
  bool is_like(const Doubtful& of_ring, std::size_t ring, const Wave& wave) const;
  std::vector<Vertex> touching_marks();

  const Lives& lives_;
  const RingPlaces& rings_;
  Seconds horizon_;
  LikenessPlan plan_;
  std::optional<Likeness> likeness_;  // made with the first period
  Seconds from_ = 0, to_ = 0;
  double least_bits_ = 0, least_ring_bits_ = 0;
  std::map<std::size_t, double> ring_weight_;  // of the period's accounts, by ring
  double all_weight_ = 0;
  std::vector<char> marked_;  // scratch, by account
};

}  // namespace ringscope
