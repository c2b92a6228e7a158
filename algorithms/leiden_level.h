// One level of Leiden, for leiden.cc: a graph whose vertices stand for connected sets, and the three steps on it.
#pragma once

#include <span>
#include <vector>

#include "algorithms/csr_graph.h"
#include "algorithms/partition.h"
#include "base/random.h"

namespace ringscope {

// Arcs inside a set are left out: no move changes what they are worth. Rows need not ascend.
struct LeidenLevel {
  std::vector<ArcIndex> offsets;
  std::vector<Vertex> targets;
  std::vector<float> weights;
  std::vector<double> sizes;  // of each vertex: the sum of what its members count for

  Vertex vertex_count() const { return static_cast<Vertex>(sizes.size()); }
};

// Works on one level at a time, with scratch memory that is kept from level to level.
//
// A community C is worth (weight of the edges inside) - density/2 * (size of C)^2: modularity when sizes are strengths
// and density is resolution/2m, cpm when density is the resolution.
class LeidenSteps {
 public:
  explicit LeidenSteps(double density) : density_(density) {}

  // Fast local moving: vertices are taken from a queue and go to the best community, until none gains. `community`
  // holds labels below the number of vertices. Returns how many moves were made.
  std::size_t move_vertices(const LeidenLevel& level, std::vector<Vertex>& community, Random& random);

  // Splits every community into connected sets: a vertex that is still single and well connected to the rest of its
  // community merges with the best well-connected set there.
  Partition refine(const LeidenLevel& level, std::span<const Vertex> community, Random& random);

  // The level whose vertices are the sets.
  LeidenLevel aggregate(const LeidenLevel& level, const Partition& sets);

 private:
  struct Slot {
    double weight = 0;  // of the edges from the vertex at hand; zero between vertices
    double size = 0;
  };
  void start_moving(const LeidenLevel& level, std::span<const Vertex> community);
  void start_refining(const LeidenLevel& level, std::span<const Vertex> community);
  void draw_order(Vertex vertex_count, Random& random);
  void add_weight(Vertex label, float weight);
  void clear_weights();
  Vertex best_community(const LeidenLevel& level, Vertex v, Vertex own);
  void merge_if_single(const LeidenLevel& level, std::span<const Vertex> community, Vertex v);
  Vertex best_set(double size, double community_size) const;

  double density_;
  std::vector<Slot> slots_;      // by community; in refine(): by set
  std::vector<Vertex> touched_;  // labels whose slot holds a weight, in the order of the arcs
  std::vector<Vertex> order_;    // visiting order, then the ring buffer of the queue
  std::vector<char> flag_;       // of a vertex: waits in the queue; in refine(): is single
  std::vector<Vertex> members_;  // number of members, by community
  std::vector<Vertex> empty_;    // communities without a member
  // In refine():
  std::vector<Vertex> set_of_;
  std::vector<double> community_size_;
  std::vector<double> inward_;   // weight from a vertex to the rest of its community
  std::vector<double> outward_;  // weight from a set to the rest of its community
};

// Splits communities into their connected parts, labelled by first vertex.
Partition connected_parts(const LeidenLevel& level, std::span<const Vertex> community);

}  // namespace ringscope
