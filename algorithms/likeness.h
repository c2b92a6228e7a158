// Likeness: by how many bits does a left vertex look like a member of a group, and not like anybody?
//
// A member draws each of its right vertices from the group's own mix with chance 1/2, else from everybody's. So a
// vertex that touches R is worth, layer by layer, the sum over r in R of log2((1 + p_group(r) / p_rest(r)) / 2) bits,
// where the vertex's own touches, and those of its near kin, are left out of p_group: what only they have cannot speak
// for it. Popular right vertices are no danger (the ratio is near 1), so no hub must be left out and no pair is ever
// enumerated.
//
// Who has much of his own beside what he has with the group pays a bit for each of it. In a layer that is diluted one
// member in a hundred draws an eighth of its vertices from the group's mix, one in a hundred a 32nd; the bits are those
// of the mixture. So many vertices of one's own are no proof against what is shared, and cost some ten bits at most
// where nothing is.
//
// p_rest is of all who are not in the group, the vertex itself left out, as if one touch more had been seen. Held
// against everybody, the group among them, a twentieth of all could have nothing more than twenty times as often,
// however much its own it is, and all that a vertex alone has, as anybody has, would speak against it: in a diluted
// layer that says nothing then. A group that has more than half of a layer's touches is held against everybody there,
// for it is everybody for the most part. The price: in a mixture of two groups each has what nobody outside has, so
// whoever joins groups must hold each against the other.
//
// Input    bipartite graphs over the same left vertices, with amounts by edge.
// Output   bits by family of layers; layers of one family tell the same story, so the best of them counts.
// Errors   none.
// Cost     set_group: the edges of the group; bits: the edges of the vertex and of those left out. 32 bytes a right
//          vertex.
// Same     bit for bit: sums run in the order of the edges.
// Source   the two-component mixture of record linkage (Fellegi, Sunter, JASA 64:1183, 1969), one component a group; in
//          a diluted layer of unknown share, with a prior on a grid.
#pragma once

#include <array>
#include <span>
#include <utility>
#include <vector>

#include "algorithms/bipartite_graph.h"

namespace ringscope {

struct LikenessLayer {
  std::size_t family = 0;
  float most_bits = 0;   // what the layer can say at most …
  float weight = 1;      // … and what that is multiplied by; a layer of weight 0 says nothing to its family
  bool diluted = false;  // a member may draw little of it from the group's mix
};
struct LikenessView {
  BipartiteGraph graph;
  std::span<const float> amounts{};  // by edge; empty: 1 each
  std::vector<LikenessLayer> layers;
};

class Likeness {
 public:
  Likeness(std::vector<LikenessView> views, std::size_t families);

  void set_group(std::span<const Vertex> members);
  // The group set last is without these of its members from now on, until the next call of either; none: it is whole
  // again, as it was. O(their edges, and those set aside before).
  void set_aside(std::span<const Vertex> members);
  // From now on the rest, and everybody, are these left vertices, each counted with its weight, to whom what is known
  // of all adds as much as `prior` touches a layer would: who came in one period is judged by who else came then.
  // O(right vertices + their edges).
  void set_population(std::span<const Vertex> lefts, std::span<const double> weights, double prior);
  // Held against the group set last, without the members `left_out` (ascending, all in the group; l itself when it is a
  // member, and those that would speak for it for reasons of their own).
  std::vector<float> bits(Vertex l, std::span<const Vertex> left_out) const;
  // Those of one family alone, and against everybody: a mixture has nothing as much oftener than everybody as its parts
  // have, so what grows by one family does not take in one group after the other. O(edges of the vertex and of those
  // left out in that family's layers).
  float family_bits(std::size_t family, Vertex l, std::span<const Vertex> left_out) const;
  // By layer of a family, the most that `count` of the members of the group set last can have of it. O(their edges).
  struct LeftOut {
    std::size_t view, layer;
    double amount;
  };
  std::vector<LeftOut> most_left_out(std::size_t family, std::span<const Vertex> members, std::size_t count) const;
  // No less than family_bits(family, l, left_out), whoever is left out, as long as they have no more than `most`.
  // O(edges of the vertex in the layers): to see who need not be asked.
  float bits_at_most(std::span<const LeftOut> most, Vertex l) const;
  // How much more of its layer's touches the right vertex has in the group than in the rest; 0 when none.
  double lift(std::size_t view, Vertex r) const;
  // Amounts on a right vertex and in its layer: of everybody and of the group.
  struct Amounts {
    double all = 0, group = 0, layer_all = 0, layer_group = 0;
  };
  Amounts amounts_on(std::size_t view, Vertex r) const {
    const State& state = states_[view];
    const Right& right = state.rights[r];
    return {right.all, right.group, state.layer_all[right.layer], state.layer_group[right.layer]};
  }
  std::size_t layer_of(std::size_t view, Vertex r) const { return states_[view].rights[r].layer; }
  // The amount that the group has of the right vertex.
  double in_group(std::size_t view, Vertex r) const { return states_[view].rights[r].group; }
  // The family of the right vertex's layer.
  std::size_t family_of(std::size_t view, Vertex r) const { return views_[view].layers[layer_of(view, r)].family; }
  // Of the right vertex's layer.
  float most_bits(std::size_t view, Vertex r) const { return views_[view].layers[layer_of(view, r)].most_bits; }
  // Right vertices of a view that the group touches, ascending.
  std::vector<Vertex> touched(std::size_t view) const;

 private:
  // Of a right vertex: its amounts of all, of the population and of the group. Together, for they are looked up
  // together all over memory.
  struct alignas(32) Right {
    double ever = 0, all = 0, group = 0;
    std::size_t layer = 0;
  };
  struct State {
    std::vector<Right> rights;
    std::vector<double> layer_ever, layer_all, layer_group;  // amount by layer
    std::vector<Vertex> touched;
    std::vector<std::pair<Vertex, double>> whole;  // what `group` was before members were set aside, as it changed
    std::vector<double> layer_whole;               // the same of `layer_group`; empty: nobody is set aside
  };
  double amount(std::size_t view, ArcIndex edge) const {
    return views_[view].amounts.empty() ? 1.0 : static_cast<double>(views_[view].amounts[edge]);
  }
  // To the right vertices of a view that has amounts.
  void add_amounts(std::size_t view);
  // Layers [first, last) of a view.
  struct Layers {
    std::size_t view, first, last;
  };
  // Right vertices of l in some layers, and the number of the first edge.
  std::pair<std::span<const Vertex>, ArcIndex> rights_in(const Layers& layers, Vertex l) const;
  enum class Against { rest, everybody };
  static constexpr std::size_t kShares = 3;
  using ShareBits = std::array<double, kShares>;  // by the share of the group's mix; all but the first of diluted ones
  void add_layer_bits(const Layers& layers, Vertex l, std::span<const Vertex> left_out, Against against,
                      std::vector<ShareBits>& by_layer) const;
  // Nobody but one who touches it n times has it, in a diluted layer: held against everybody it says nothing.
  static bool is_one_off(const LikenessLayer& layer, const Right& right, double n);
  // What n touches of a right vertex add, that has so many times its share in the group.
  static void add_bits(const LikenessLayer& layer, double n, double ratio, ShareBits& bits);
  // What it comes to, whatever the share is.
  static float bits_of(const LikenessLayer& layer, const ShareBits& bits);
  // The right vertex's share of its layer there; `own` is what the vertex in question, outside the group, has of it.
  double share_of(const State& state, const Right& right, Against against, double own) const;

  std::vector<LikenessView> views_;
  std::vector<State> states_;
  std::size_t families_;
  std::vector<Vertex> group_, aside_;
  std::vector<char> in_group_;     // by left vertex
  bool population_given_ = false;  // it is the rest
};

}  // namespace ringscope
