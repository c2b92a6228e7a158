// Who asked which prompt templates how often, as a sparse matrix: accounts x templates.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "engine/load/activity.h"
#include "storage/store.h"

namespace ringscope {

// Compressed sparse rows whose three arrays are of the types that linear algebra takes where they lie:
//
//   Eigen::Map<const Eigen::SparseMatrix<float, Eigen::RowMajor, int>>(rows, columns, entries, starts.data(), …)
//   scipy.sparse.csr_array((counts, templates, starts))
//
// Columns of a row ascend. Equal content, equal numbers.
struct TemplateMatrix {
  std::vector<KeyHash> accounts;      // by row, ascending: those that asked a template
  std::vector<KeyHash> templates;     // by column, ascending: hashes, of near-equal prompts the smallest
  std::vector<std::int32_t> starts;   // accounts + 1
  std::vector<std::int32_t> columns;  // by entry
  std::vector<float> counts;          // by entry: requests; exact up to 2^24
};

struct TemplateOptions {
  DayWindow window{};  // default: everything
  std::size_t memory_bytes = std::size_t{4} << 30;
};

// A day of an account keeps its sixteen templates of the smallest hashes (storage/rows.h), so of an account with more
// some are missed, the same ones for all. Throws Error memory, and for 2^31 entries or more. O(activity of the window),
// 32 bytes an entry.
TemplateMatrix load_templates(const Store& store, const TemplateOptions& options);

}  // namespace ringscope
