#include "storage/rows.h"

#include <algorithm>
#include <limits>

#include <xxhash.h>

namespace ringscope {
namespace {

// Two ascending ranges become one; where `same` holds, `combine(into, from)` makes one of two.
template <class Item, class Less, class Combine>
void merge_sorted(std::vector<Item>& into, const std::vector<Item>& from, const Less& less, const Combine& combine) {
  if (from.empty()) return;
  std::vector<Item> merged;
  merged.reserve(into.size() + from.size());
  auto a = into.begin();
  for (const Item& b : from) {
    while (a != into.end() && less(*a, b)) merged.push_back(std::move(*a++));
    if (a != into.end() && !less(b, *a)) {
      combine(*a, b);
      merged.push_back(std::move(*a++));
    } else {
      merged.push_back(b);
    }
  }
  merged.insert(merged.end(), std::make_move_iterator(a), std::make_move_iterator(into.end()));
  into = std::move(merged);
}

std::uint32_t saturating_sum(std::uint32_t a, std::uint32_t b) {
  const std::uint64_t sum = std::uint64_t{a} + b;
  return static_cast<std::uint32_t>(std::min<std::uint64_t>(sum, std::numeric_limits<std::uint32_t>::max()));
}

void combine_cell(Cell& into, const Cell& from) {
  into.count = saturating_sum(into.count, from.count);
  into.first = std::min(into.first, from.first);
  into.last = std::max(into.last, from.last);
}

void combine_day(ActivityDay& into, const ActivityDay& from) {
  into.requests += from.requests;
  into.tokens_in += from.tokens_in;
  into.tokens_out += from.tokens_out;
  into.templated += from.templated;
  for (std::size_t h = 0; h < into.hours.size(); ++h) into.hours[h] = saturating_sum(into.hours[h], from.hours[h]);
  merge_sorted(
      into.tags, from.tags, [](const TagCount& a, const TagCount& b) { return a.tag < b.tag; },
      [](TagCount& a, const TagCount& b) { a.count += b.count; });
  merge_sorted(
      into.templates, from.templates,
      [](const TemplateCount& a, const TemplateCount& b) { return a.template_hash < b.template_hash; },
      [](TemplateCount& a, const TemplateCount& b) { a.count += b.count; });
  if (into.templates.size() > kTemplateSketchSize) into.templates.resize(kTemplateSketchSize);
}

}  // namespace

KeyHash hash_value(std::string_view value) { return XXH3_64bits(value.data(), value.size()); }

void AccountRow::clear() {
  account = 0;
  cells.clear();
  activity.clear();
  facts = {};
}

void merge_cells(std::vector<Cell>& into, const std::vector<Cell>& from) {
  merge_sorted(
      into, from, [](const Cell& a, const Cell& b) { return std::pair(a.entity, a.day) < std::pair(b.entity, b.day); },
      combine_cell);
}

void merge_activity(std::vector<ActivityDay>& into, const std::vector<ActivityDay>& from) {
  merge_sorted(
      into, from, [](const ActivityDay& a, const ActivityDay& b) { return a.day < b.day; }, combine_day);
}

void merge_facts(AccountFacts& into, const AccountFacts& from) {
  if (from.created != kNoTime)
    into.created = into.created == kNoTime ? from.created : std::min(into.created, from.created);
  into.plan.merge(from.plan);
  into.status.merge(from.status);
}

Seconds last_stated(const AccountFacts& facts) {
  return std::max(facts.plan.last_stated(), facts.status.last_stated());
}

}  // namespace ringscope
