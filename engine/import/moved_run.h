// A run of one store as the next run of another.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "engine/detect/ring/verdict.h"
#include "engine/import/lacking_rows.h"
#include "engine/ledger/chronicle.h"
#include "storage/run_rows.h"
#include "storage/store.h"

namespace ringscope {

class MovedRun {
 public:
  // Reads the rings of the latest run of `from`, lets the verdicts of `to` outrank and its ledger name them. The stores
  // must outlive it, and nothing may be decided in `to` before publish(). O(members of all rings that ever were).
  MovedRun(const Store& to, const Store& from, const RunInfo& latest);

  // Writes it into a writer of `to`, by the way of publish() (engine/detect/publish.h). Throws as that does.
  void publish(RunWriter& writer, const KindMap& kinds);

  const RunSummary& summary() const { return summary_; }
  const LedgerEntries& entries() const { return entries_; }
  const Decisions& decisions() const { return decisions_; }  // of `to`

 private:
  void read_rings();
  void name_rings();
  void copy_graph(RunWriter& writer, const KindMap& kinds) const;
  void copy_index(RunWriter& writer) const;
  void copy_held(RunWriter& writer, const KindMap& kinds) const;
  void copy_shapes(RunWriter& writer, const KindMap& kinds) const;
  bool keeps_taught() const;
  std::string judged_head(std::string_view bytes) const;

  const Store& to_;
  const Store& from_;
  std::uint64_t run_;
  RunRows rows_;
  Decisions decisions_;
  RunSummary summary_;
  std::vector<Ring> rings_;
  std::map<std::string, std::string, std::less<>> names_;  // of rings: there, here
  LedgerEntries entries_;
};

}  // namespace ringscope
