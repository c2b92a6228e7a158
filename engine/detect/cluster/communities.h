// Communities inside a group of accounts: Leiden on the bipartite graph of the members and what they touch.
#pragma once

#include <array>
#include <cstdint>
#include <vector>

#include "engine/detect/project/likeness_plan.h"

namespace ringscope {

class Communities {
 public:
  // The plan must outlive it.
  Communities(const LikenessPlan& plan, std::uint64_t seed, unsigned threads);

  // Of the members and those of the view's things given (none: all) that at least two of them touch; those of
  // least_size members or more, members ascending. The names of things decide nothing. O(what the members touch).
  std::vector<std::vector<Vertex>> among(std::size_t view, const std::vector<Vertex>& members,
                                         const std::vector<Vertex>& things, double resolution, Vertex least_size);

  void use_threads(unsigned threads) { threads_ = threads; }

 private:
  const LikenessPlan& plan_;
  std::uint64_t seed_;
  unsigned threads_;
  std::array<std::vector<Vertex>, 2> touches_;  // scratch, by view and thing; 0 between uses
};

}  // namespace ringscope
