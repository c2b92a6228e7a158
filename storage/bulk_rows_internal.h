// What a bulk writer of rows can do beside: make something else visible in the step that makes its rows so. For the
// sources of this folder.
#pragma once

#include <rocksdb/write_batch.h>

#include "storage/store_internal.h"
#include "storage/writers.h"

namespace ringscope {

class BulkRows : public BatchWriter {
 public:
  // Commits the rows with the puts and deletions of `more`, also when there are no rows.
  virtual CommitInfo commit_with(const rocksdb::WriteBatch& more) = 0;
  virtual Store::Impl& store() = 0;
};

}  // namespace ringscope
