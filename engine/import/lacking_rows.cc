#include "engine/import/lacking_rows.h"

#include <algorithm>
#include <limits>
#include <map>
#include <set>
#include <string_view>
#include <tuple>
#include <utility>

#include "base/error.h"

namespace ringscope {
namespace {

bool is_further(const SourcePosition& one, const SourcePosition& other) {
  return std::tuple(one.offset, one.lines) > std::tuple(other.offset, other.lines);
}

[[noreturn]] void fail_on_rows() {
  throw Error(ErrorCode::refused,
              "the store has rows that the run does not, although it read the same sources; read the log with "
              "'ringscope ingest' and detect here");
}

// Both ascend by what they are called. Calls rest(one, its counterpart in `part` or null) for each of `whole`.
template <class Item, class Name, class Rest>
void beside(const std::vector<Item>& whole, const std::vector<Item>& part, const Name& name, const Rest& rest) {
  auto at = part.begin();
  for (const Item& one : whole) {
    if (at != part.end() && name(*at) < name(one)) fail_on_rows();
    const bool same = at != part.end() && name(*at) == name(one);
    rest(one, same ? &*at : nullptr);
    if (same) ++at;
  }
  if (at != part.end()) fail_on_rows();
}

template <class Number>
Number less(Number whole, Number part) {
  if (part > whole) fail_on_rows();
  return static_cast<Number>(whole - part);
}

std::vector<Cell> rest_of_cells(const std::vector<Cell>& whole, const std::vector<Cell>& part) {
  std::vector<Cell> rest;
  const auto name = [](const Cell& cell) { return std::tuple(cell.entity, cell.day); };
  beside(whole, part, name, [&](Cell cell, const Cell* there) {
    if (there != nullptr) cell.count = less(cell.count, there->count);
    if (cell.count > 0) rest.push_back(cell);
  });
  return rest;
}

// A sketch of the whole has every template of the part's that is small enough, and others push the rest out.
std::vector<TemplateCount> rest_of_sketch(const std::vector<TemplateCount>& whole,
                                          const std::vector<TemplateCount>& part) {
  std::vector<TemplateCount> rest;
  for (TemplateCount one : whole) {
    const auto there = std::ranges::find(part, one.template_hash, &TemplateCount::template_hash);
    if (there != part.end()) one.count = less(one.count, there->count);
    if (one.count > 0) rest.push_back(one);
  }
  return rest;
}

ActivityDay rest_of_day(const ActivityDay& whole, const ActivityDay& part) {
  ActivityDay rest;
  rest.day = whole.day;
  rest.requests = less(whole.requests, part.requests);
  rest.tokens_in = less(whole.tokens_in, part.tokens_in);
  rest.tokens_out = less(whole.tokens_out, part.tokens_out);
  rest.templated = less(whole.templated, part.templated);
  for (std::size_t hour = 0; hour < rest.hours.size(); ++hour)
    rest.hours[hour] = less(whole.hours[hour], part.hours[hour]);
  beside(
      whole.tags, part.tags, [](const TagCount& one) { return one.tag; },
      [&](TagCount one, const TagCount* there) {
        if (there != nullptr) one.count = less(one.count, there->count);
        if (one.count > 0) rest.tags.push_back(one);
      });
  rest.templates = rest_of_sketch(whole.templates, part.templates);
  return rest;
}

std::vector<ActivityDay> rest_of_activity(const std::vector<ActivityDay>& whole, const std::vector<ActivityDay>& part) {
  std::vector<ActivityDay> rest;
  beside(
      whole, part, [](const ActivityDay& day) { return day.day; },
      [&](const ActivityDay& day, const ActivityDay* there) {
        ActivityDay more = there == nullptr ? day : rest_of_day(day, *there);
        ActivityDay nothing;
        nothing.day = day.day;
        if (more != nothing) rest.push_back(std::move(more));
      });
  return rest;
}

void put_names(const Store& kept, const KindMap& kinds, BatchWriter& writer) {
  const auto names = kept.name_cursor();
  for (Name name; names->next(name);) writer.add_name({kinds(name.key), name.value});
}

void put_sources(const Store& kept, const Sources& sources, BatchWriter& writer) {
  std::set<std::string_view> lacking;
  for (const SourcePosition& one : sources.lacking) {
    writer.set_position(one);
    lacking.insert(one.source);
  }
  for (const Reject& reject : kept.rejects(std::numeric_limits<std::size_t>::max())) {
    if (lacking.contains(reject.source)) writer.add_reject(reject);
  }
}

}  // namespace

Sources compare_sources(const std::vector<SourcePosition>& run, const std::vector<SourcePosition>& other) {
  Sources result;
  std::map<std::string_view, const SourcePosition*> others;
  for (const SourcePosition& one : other) others.emplace(one.source, &one);
  for (const SourcePosition& one : run) {
    const auto there = others.find(one.source);
    if (there == others.end()) {
      result.lacking.push_back(one);
      continue;
    }
    ++result.shared;
    if (is_further(one, *there->second)) result.lacking.push_back(one);
    if (is_further(*there->second, one)) result.unseen.push_back(*there->second);
    others.erase(there);
  }
  for (const auto& [source, one] : others) result.unseen.push_back(*one);
  return result;
}

KindMap::KindMap(const Store& from, Store& to) : kinds_(std::size_t{256}, kAccountKind) {
  for (const KindInfo& kind : from.kinds()) kinds_[static_cast<std::size_t>(kind.id)] = to.intern_kind(kind.name);
}

AccountRow KindMap::operator()(AccountRow row) const {
  for (Cell& cell : row.cells) cell.entity = (*this)(cell.entity);
  std::ranges::sort(row.cells);
  for (ActivityDay& day : row.activity) {
    for (TagCount& tag : day.tags) tag.tag = (*this)(tag.tag);
    std::ranges::sort(day.tags);
  }
  return row;
}

AccountRow rest_of(const AccountRow& whole, const AccountRow& part) {
  AccountRow rest;
  rest.account = whole.account;
  rest.cells = rest_of_cells(whole.cells, part.cells);
  rest.activity = rest_of_activity(whole.activity, part.activity);
  AccountFacts merged = part.facts;
  merge_facts(merged, whole.facts);
  if (merged != part.facts) rest.facts = merged;
  return rest;
}

std::uint64_t put_lacking(const Store& kept, const Store& store, const Sources& sources, const KindMap& kinds,
                          BatchWriter& writer) {
  std::uint64_t accounts = 0;
  const auto rows = kept.row_cursor();
  const auto others = sources.shared > 0 ? store.row_cursor() : nullptr;
  AccountRow row, other;
  bool is_other = others && others->next(other);
  while (rows->next(row)) {
    AccountRow taken = kinds(row);
    if (is_other && other.account < taken.account) fail_on_rows();
    if (is_other && other.account == taken.account) {
      taken = rest_of(taken, other);
      is_other = others->next(other);
    }
    if (taken.cells.empty() && taken.activity.empty() && taken.facts.empty()) continue;
    writer.add_row(taken);
    ++accounts;
  }
  if (is_other) fail_on_rows();
  put_names(kept, kinds, writer);
  put_sources(kept, sources, writer);
  return accounts;
}

}  // namespace ringscope
