// Accounts that people cleared after a run, or cleared no more: what the run's index would say of their things.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "engine/detect/index/score_index.h"
#include "engine/detect/ring/verdict.h"

namespace ringscope {

// So many are followed, those of the smallest keys; the others wait for the next run.
inline constexpr std::size_t kMostClearedSince = 1000;

class ClearedSince {
 public:
  // The number of a kind's layer in the index.
  using LayerOf = std::function<std::optional<std::size_t>(KindId)>;
  // A ring of the index, by number.
  using IdOf = std::function<const std::string&(std::uint32_t)>;

  ClearedSince() = default;
  // `known`: how many verdicts the run knew. O(log of verdicts), and the things of the accounts concerned.
  ClearedSince(const Store& store, const RunSummary& run, const Decisions& now, std::uint64_t known,
               const LayerOf& layer_of);

  // Sets right how many of the accounts on the thing were cleared. They speak for their ring no more; that those who
  // are cleared no more do again, waits for the next run.
  void correct(std::size_t layer, std::uint64_t thing, const IndexHead& head, const IdOf& id_of, IndexedValue& value,
               std::uint32_t& cleared) const;

 private:
  struct Spoke {
    std::string ring;
    Tier tier{};  // of the member
  };
  struct Change {
    std::int64_t cleared = 0;  // more than the run knew
    std::vector<Spoke> spoke;  // of them, members of rings
  };

  std::map<std::pair<std::size_t, std::uint64_t>, Change> things_;
};

}  // namespace ringscope
