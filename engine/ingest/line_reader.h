// One thread's readers of lines, and the intake they hand them to.
#pragma once

#include <cstddef>

#include "engine/ingest/block.h"
#include "engine/ingest/csv_reader.h"
#include "engine/ingest/fold.h"
#include "engine/ingest/intake.h"
#include "engine/ingest/json_reader.h"
#include "engine/ingest/layout.h"

namespace ringscope {

class LineReader {
 public:
  // `policy` may be null (values are kept as they come) and must outlive it.
  LineReader(FoldShard& shard, std::size_t max_line_bytes, const ValuePolicy* policy)
      : intake_(shard, max_line_bytes, policy) {}

  // The lines of a block into the shard; what came of them.
  BlockOutcome read(const Block& block, const Layout& layout);
  // Rows that are no text: between begin() and finish() of the intake.
  Intake& intake() { return intake_; }
  const Intake& intake() const { return intake_; }

 private:
  Intake intake_;
  JsonReader json_;
  CsvReader csv_;
};

}  // namespace ringscope
