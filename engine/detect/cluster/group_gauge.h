// Holds a group of accounts up, and likens others to it: by kinds of things, facets, prompts and habits, with an
// account's kin left out. What pools are grown, told apart and united by.
//
// Method   algorithms/likeness.h over the layers of likeness_plan.h. Members of a household, an office or a small farm
//          inside the group are like it for that reason alone, so an account's kin cannot speak for it.
// Cost     hold: what the members touch; resemblances: what the accounts and their kin touch.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>
#include <utility>
#include <vector>

#include "engine/detect/project/likeness_plan.h"

namespace ringscope {

inline constexpr double kLeastLift = 8;  // of a thing over everybody's share, to mark a group

// A right vertex of one of the plan's views.
using Thing = std::pair<std::size_t, Vertex>;

// What an account's likeness to a group comes to.
struct Resemblance {
  double bits = 0;
  std::uint64_t which = 0;  // kinds of the plan that speak for it
  int kinds = 0;            // that speak for it, without habits
  int tangible = 0;         // of them

  // Two kinds, and one of them something that somebody had to get hold of.
  bool is_solid() const { return kinds >= 2 && tangible >= 1; }
};

class GroupGauge {
 public:
  // Both must outlive the gauge.
  GroupGauge(const Snapshot& snapshot, const Habits& habits, unsigned threads);
  // Another, which holds nobody and works on one thread. O(accounts + things).
  GroupGauge another() const;
  void use_threads(unsigned threads) { threads_ = threads; }  // no more than it was made with

  const LikenessPlan& plan() const { return plan_; }
  std::size_t kind_of(const Thing& thing) const { return likeness_.family_of(thing.first, thing.second); }
  std::span<const Vertex> users_of(const Thing& thing) const {
    return plan_.views[thing.first].graph.lefts_of(thing.second);
  }

  // The group that accounts are likened to from now on; members ascending.
  void hold(const std::vector<Vertex>& members);
  // The group held is without this part of it from now on, until the next call of either; members ascending. O(what the
  // part touches): one group can be held against each of its parts at the cost of holding it once.
  void set_aside(const std::vector<Vertex>& part);
  bool holds(Vertex account) const { return in_held_[account] != 0; }
  // By account: 1 for those held.
  const std::vector<char>& held() const { return in_held_; }

  // Each account against the group held.
  std::vector<Resemblance> resemblances(const std::vector<Vertex>& accounts);
  // Of each account against the group held, the bits by which its prompts alone speak for it; where they cannot be more
  // than `least`, something not above it.
  std::vector<double> asked_bits(const std::vector<Vertex>& accounts, double least);
  // Are `least` of the accounts like the group held in two kinds? Asks no more of them than it must.
  bool are_alike(const std::vector<Vertex>& accounts, std::size_t least);
  // How many are.
  std::size_t count_alike(const std::vector<Vertex>& accounts);
  // Are half of the accounts like the group held in two kinds?
  bool is_like(const std::vector<Vertex>& accounts) { return are_alike(accounts, (accounts.size() + 1) / 2); }
  // Things, facets and prompts that the group held has kLeastLift times as often as everybody, ascending.
  std::vector<Thing> marks() const;
  // Those of them that are prompts of two or more: in a small group whatever one of them asks is far over-represented.
  std::vector<Thing> own_prompts() const;
  // Are four in five of those who ask the prompts among the accounts marked? Not where there are no prompts.
  bool mostly_asked_by(const std::vector<Thing>& prompts, const std::vector<char>& marked) const;
  // What members ask that somebody else asks, too, and no more accounts than there are members.
  struct Kept {
    double share = 0;             // of the others who ask it, those who are members, in the mean over both
    std::vector<Vertex> keepers;  // members who ask something that another does and hardly anybody outside, ascending
    // Do so many members, all that are held, keep them to themselves?
    bool are_own(std::size_t members) const;
  };
  // Of the group held. Where all prompts are variants that two or three accounts ask, no member need be like the others
  // in them, and yet hardly any of them is anybody else's. Of strangers the share is as large as their part of all
  // accounts. O(users of the prompts that it touches).
  Kept prompts_kept() const;
  // Kinds of the plan whose things, or one of whose facets, are the group's own: the users of its marks of two members
  // or more are members for the most part, and marks that hardly anybody else uses are on most members. What the
  // operator's lists call an exit, or its network, is nobody's own.
  std::uint64_t own_kinds() const;
  // Does the account ask what the group held asks, `left_out` (ascending, in the group) not counted?
  bool asks_alike(Vertex account, const std::vector<Vertex>& left_out) const;
  // Do half of the accounts ask what the group asks? Holds the group.
  bool ask_alike(const std::vector<Vertex>& accounts, const std::vector<Vertex>& group);
  // Are prompts among what speaks for the account?
  bool asks_alike(const Resemblance& like) const { return (like.which >> prompts_ & 1U) != 0; }
  // Does anybody ask anything that is known?
  bool knows_prompts() const;
  // The bits of kinds of the plan: what is asked, and the machines and clients that ask; in no Resemblance where it is
  // not known.
  std::uint64_t prompts() const { return std::uint64_t{1} << prompts_; }
  std::uint64_t devices() const { return std::uint64_t{1} << devices_; }
  // The kinds that an account has anything of, habits left out.
  std::uint64_t kinds_had(Vertex account) const;

 private:
  void index_users();
  void index_users(std::size_t view);
  // Of the group held and what is set aside of it; empty for what cannot make kin.
  std::span<const Vertex> held_users_of(std::size_t view, Vertex r) const;
  std::size_t count_held_users(std::size_t view, Vertex r) const;
  std::size_t held_count() const { return held_.size() - aside_.size(); }
  void count_aside(std::int32_t step);
  template <class Visit>
  void visit_kin_things(std::size_t view, Vertex account, const Visit& visit) const;
  bool share_prompt(Vertex a, Vertex b, double few) const;
  // What an account has that can make kin.
  struct KinThing {
    std::size_t view;
    Vertex right;
    std::size_t bit;    // of its kind
    std::size_t users;  // in the group held
    unsigned as_met() const;
  };
  std::vector<KinThing> kin_things_of(Vertex account, double few) const;
  static std::size_t kind_to_look_up(std::span<const KinThing> things);
  unsigned kinds_shared(Vertex other, std::span<const KinThing> things) const;
  bool may_be_kin_by_prompts(unsigned in_common) const;
  bool are_kin_without_prompts(Vertex a, Vertex b, unsigned in_common) const;
  bool has_prompts(Vertex account) const;
  std::size_t kind_named(std::string_view name) const;
  template <typename Bits>
  void for_each_without_kin(const std::vector<Vertex>& accounts, const Bits& bits);
  std::vector<Vertex> kin_of(Vertex account, std::vector<std::uint16_t>& kinds_met) const;
  Resemblance resemblance(const std::vector<float>& bits) const;

  unsigned threads_;
  std::span<const EntityClass> classes_;  // of things; empty: there are no lists
  LikenessPlan plan_;
  Likeness likeness_;
  std::vector<char> asks_;         // by account: anything that is known; empty where nobody does
  std::size_t prompts_, devices_;  // kinds of the plan; as many as there are kinds where they are not known
  std::vector<std::vector<std::uint16_t>> kinds_met_;  // scratch of each worker, by account
  static constexpr std::uint32_t kNowhere = ~std::uint32_t{0};
  struct Users {
    std::vector<std::uint32_t> place;  // in `things`, by thing; kNowhere: nobody held touches it
    std::vector<Vertex> things;        // as they are met
    std::vector<std::size_t> begin;    // in `of`, by place, and the end
    std::vector<Vertex> of;            // accounts, thing by thing
    std::vector<Vertex> aside;         // how many of them are set aside, by place
  };
  std::vector<Users> users_;  // by view, of things that can make kin
  bool indexed_ = false;      // users_ are of the group held: made when first asked for
  std::vector<Vertex> held_, aside_;
  std::vector<char> in_held_;
};

}  // namespace ringscope
