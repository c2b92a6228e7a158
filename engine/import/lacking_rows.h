// What the store of a run ingested and another store did not.
#pragma once

#include <cstdint>
#include <vector>

#include "storage/store.h"

namespace ringscope {

// How the sources of a run's store and those of another stand to each other. A source that one read further than the
// other is new to the other.
struct Sources {
  std::vector<SourcePosition> lacking;  // of the run, not in the other or not so far
  std::vector<SourcePosition> unseen;   // of the other, that the run did not see or not so far
  std::uint64_t shared = 0;             // both have something of it
};
Sources compare_sources(const std::vector<SourcePosition>& run, const std::vector<SourcePosition>& other);

// Numbers of kinds of one store as the other's: numbers are private to a store.
class KindMap {
 public:
  // Kinds that `to` does not know are interned there, and written with its next commit.
  KindMap(const Store& from, Store& to);
  KindId operator()(KindId kind) const { return kinds_.at(static_cast<std::size_t>(kind)); }
  VertexKey operator()(VertexKey key) const { return {(*this)(key.kind), key.hash}; }
  AccountRow operator()(AccountRow row) const;

 private:
  std::vector<KindId> kinds_;  // by number in `from`
};

// What must be merged into `part` to make `whole` of it, which must hold all of it; without the account when there is
// nothing. Throws Error refused when it does not hold all.
AccountRow rest_of(const AccountRow& whole, const AccountRow& part);

// Puts rows, names, positions and rejects of the lacking sources into `writer`, a writer of `store`; returns of how
// many accounts rows were put. Rows tell no source, so where both have some, it is the difference that is put. Throws
// Error refused when there is no difference to take, because the store holds rows that the run does not. O(kept).
std::uint64_t put_lacking(const Store& kept, const Store& store, const Sources& sources, const KindMap& kinds,
                          BatchWriter& writer);

}  // namespace ringscope
