// Where the accounts of a group are: people who meet at a place are at few of them, who leaves by a pool of addresses
// is at many.
#pragma once

#include <cstddef>
#include <optional>
#include <span>

#include "engine/load/habits.h"
#include "engine/load/snapshot.h"

namespace ringscope {

// Where accounts are, as right vertices: networks, or addresses where no networks are derived.
struct WhereLayer {
  BipartiteGraph graph;
  std::size_t layer = 0;
};

// No `habits`: nothing is derived. Nothing where no addresses are known either. O(layers).
std::optional<WhereLayer> where_layer(const Snapshot& snapshot, const Habits* habits);

// In networks; in addresses where networks are not derived; 0 where no addresses are known.
struct Places {
  double hold_half = 0;  // so many hold half of the members, the fullest first
  double common = 0;     // that a member has in common with two others beyond chance, in the mean
  double reach = 0;      // share of the members at the fullest …
  double outside = 0;    // … and of all accounts there, those who are no members
};

// `members` ascending; no `habits`: nothing is derived. O(what the members touch · log).
Places places_of(const Snapshot& snapshot, const Habits* habits, std::span<const Vertex> members);

// Of the members whose mail domain is known (of half of all at least) the share on the most used one of which three in
// ten accounts are members: whoever has a domain of his own for all his accounts hides nothing, on a public one his
// members are few of many. 0 where no domains are derived. `members` ascending. O(what the members touch · log).
double house_domain_of(const Habits& habits, std::span<const Vertex> members);

// How surely mail domains were dealt out to the members, [0, 1]: there are three or more of the group's own (four in
// five of three users or more are members), a good part of those whose domain is known bear another than the most used
// of them, and on the networks where those who bear them meet, they bear the same as seldom as strangers among them
// would. Teams that have something in common, firms in one building or partners each have a name and a place of their
// own; departments of one body, brands of one firm, meet at few places, and there all at once: that says nothing. 0
// where no domains or no networks are derived. `members` ascending. O(what the members touch · log).
double dealt_names_of(const Habits& habits, std::span<const Vertex> members);

// The body of people that a group may be a part of: a university, a firm. Told by the mail domain that most members
// have and, of the networks that half of these are on, the one that most of the domain's other accounts are on: a
// laboratory has machines of its own beside.
struct Body {
  double reach = 0;     // of the members whose domain is known, half of all at least, those who are on both
  double outside = 0;   // of all accounts on both, those who are no members
  double together = 0;  // of the domain's other accounts, those on the network: hardly any of a public provider's
};

// `members` ascending. All 0 where no domains or no networks are derived, or fewer than three members have one domain.
// O(what the members touch · log + what the first 256 of the domain's other accounts touch): no more of them are asked.
Body body_of(const Habits& habits, std::span<const Vertex> members);

}  // namespace ringscope
