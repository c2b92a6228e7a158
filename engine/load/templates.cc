#include "engine/load/templates.h"

#include <algorithm>
#include <limits>

#include <fmt/format.h>

#include "base/error.h"
#include "engine/load/prompts.h"

namespace ringscope {
namespace {

constexpr std::size_t kEntryBytes = 32;  // as a count with its hash, then as an entry with its column

struct Entries {
  std::vector<std::size_t> starts{0};  // by account
  std::vector<TemplateCount> all;
};

void check_size(std::size_t entries, const TemplateOptions& options) {
  if (entries > std::numeric_limits<std::int32_t>::max())
    throw Error(ErrorCode::memory, fmt::format("{} entries of accounts and templates are 2^31 or more", entries));
  if (entries * kEntryBytes > options.memory_bytes)
    throw Error(ErrorCode::memory, fmt::format("accounts and templates need {} bytes, --memory allows {}",
                                               entries * kEntryBytes, options.memory_bytes));
}

// Rows of the accounts that asked a template, templates by hash.
Entries read_entries(const Store& store, const TemplateOptions& options, std::vector<KeyHash>& accounts) {
  const Prompts prompts = load_prompts(store, options.window);
  Entries entries;
  std::vector<TemplateCount> row;
  store.scan_activity(options.window, 0, 1, [&](KeyHash account, std::span<const ActivityDay> days) {
    row.clear();
    for (const ActivityDay& day : days) row.insert(row.end(), day.templates.begin(), day.templates.end());
    if (row.empty()) return;
    add_up(row);
    prompts.merge(row);
    check_size(entries.all.size() + row.size(), options);
    accounts.push_back(account);
    entries.all.insert(entries.all.end(), row.begin(), row.end());
    entries.starts.push_back(entries.all.size());
  });
  return entries;
}

}  // namespace

TemplateMatrix load_templates(const Store& store, const TemplateOptions& options) {
  TemplateMatrix matrix;
  const Entries entries = read_entries(store, options, matrix.accounts);
  for (const TemplateCount& one : entries.all) matrix.templates.push_back(one.template_hash);
  std::ranges::sort(matrix.templates);
  matrix.templates.erase(std::unique(matrix.templates.begin(), matrix.templates.end()), matrix.templates.end());
  matrix.templates.shrink_to_fit();
  for (const std::size_t start : entries.starts) matrix.starts.push_back(static_cast<std::int32_t>(start));
  matrix.columns.reserve(entries.all.size());
  matrix.counts.reserve(entries.all.size());
  for (const TemplateCount& one : entries.all) {
    const auto at = std::ranges::lower_bound(matrix.templates, one.template_hash);
    matrix.columns.push_back(static_cast<std::int32_t>(at - matrix.templates.begin()));
    matrix.counts.push_back(static_cast<float>(one.count));
  }
  return matrix;
}

}  // namespace ringscope
