#include "storage/stated_fact.h"

#include <algorithm>
#include <tuple>
#include <utility>

namespace ringscope {
namespace {

// Makes room for a run among others: those that it touches become one with it.
void add_run(std::vector<DayRun>& runs, DayRun run) {
  const auto begin = std::ranges::find_if(runs, [&](const DayRun& r) { return r.last >= run.first - 1; });
  auto end = begin;
  for (; end != runs.end() && end->first <= run.last + 1; ++end) {
    run.first = std::min(run.first, end->first);
    run.last = std::max(run.last, end->last);
  }
  runs.insert(runs.erase(begin, end), run);
}

// The latest day of `runs` up to `last`; kNoDay: none.
Day latest_day(const std::vector<DayRun>& runs, Day last) {
  Day latest = kNoDay;
  for (const DayRun& run : runs) {
    if (run.first <= last) latest = std::min(run.last, last);
  }
  return latest;
}

// The earliest day of `runs` from `first` on; kNoDay: none.
Day earliest_day(const std::vector<DayRun>& runs, Day first) {
  for (const DayRun& run : runs) {
    if (run.last >= first) return std::max(run.first, first);
  }
  return kNoDay;
}

auto rank(const Statement& statement) {
  return std::tuple(statement.last, statement.first, std::string_view(statement.value));
}

bool sound(const Statement& statement) {
  if (statement.value.empty() || statement.first > statement.last) return false;
  if (statement.days.empty()) return statement.first == kNoTime && statement.last == kNoTime;
  for (std::size_t i = 0; i < statement.days.size(); ++i) {
    const DayRun& run = statement.days[i];
    if (run.first == kNoDay || run.first > run.last || (i > 0 && run.first <= statement.days[i - 1].last + 1))
      return false;
  }
  return day_of(statement.first) == statement.days.front().first &&
         day_of(statement.last) == statement.days.back().last;
}

}  // namespace

const Statement* StatedFact::current() const {
  const auto found = std::ranges::max_element(statements_, {}, rank);
  return found == statements_.end() ? nullptr : &*found;
}

const std::string& StatedFact::value() const {
  static const std::string never;
  const Statement* const now = current();
  return now == nullptr ? never : now->value;
}

Seconds StatedFact::since() const {
  const Statement* const now = current();
  if (now == nullptr || now->days.empty()) return kNoTime;
  Day other = kNoDay;
  bool later = false;  // another value was stated at the first statement of this one or after it
  for (const Statement& statement : statements_) {
    if (&statement == now) continue;
    other = std::max(other, latest_day(statement.days, now->days.back().last));
    later = later || (statement.last != kNoTime && statement.last >= now->first);
  }
  if (!later) return now->first;
  // On the day of the other value itself it is not known which of the two came last, but for this value's last day.
  const Day day = earliest_day(now->days, other + 1);
  return day == kNoDay || day == day_of(now->last) ? now->last : start_of_day(day);
}

Seconds StatedFact::last_stated() const {
  const Statement* const now = current();
  return now == nullptr ? kNoTime : now->last;
}

StatedFact StatedFact::known_by(Day day) const {
  StatedFact known;
  for (const Statement& statement : statements_) {
    if (day_of(statement.first) > day) continue;
    Statement kept = statement;
    std::erase_if(kept.days, [&](const DayRun& run) { return run.first > day; });
    if (!kept.days.empty() && day_of(kept.last) > day) {
      DayRun& last = kept.days.back();
      last.last = std::min(last.last, day);
      kept.last = std::max(kept.first, start_of_day(last.last));
    }
    known.statements_.push_back(std::move(kept));
  }
  return known;
}

void StatedFact::state(std::string_view value, Seconds time) {
  Statement statement{.value = std::string(value), .first = time, .last = time, .days = {}};
  if (time != kNoTime) statement.days.push_back({day_of(time), day_of(time)});
  add(statement);
}

void StatedFact::merge(const StatedFact& from) {
  for (const Statement& statement : from.statements_) add(statement);
}

bool StatedFact::restore(Statement statement) {
  if (!sound(statement) || (!empty() && statements_.back().value >= statement.value)) return false;
  statements_.push_back(std::move(statement));
  return true;
}

void StatedFact::add(const Statement& statement) {
  const auto at = std::ranges::lower_bound(statements_, statement.value, {}, &Statement::value);
  if (at == statements_.end() || at->value != statement.value) {
    statements_.insert(at, statement);
    return;
  }
  if (at->first == kNoTime || (statement.first != kNoTime && statement.first < at->first)) at->first = statement.first;
  at->last = std::max(at->last, statement.last);
  for (const DayRun& run : statement.days) add_run(at->days, run);
}

}  // namespace ringscope
