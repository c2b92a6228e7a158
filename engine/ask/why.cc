#include "engine/ask/why.h"

#include <algorithm>
#include <array>
#include <map>

#include <fmt/format.h>

#include "base/error.h"
#include "engine/ask/account.h"
#include "engine/detect/cluster/coact.h"
#include "engine/detect/index/cut_tree.h"

namespace ringscope {
namespace {

// `a` keeps its order, which is that of the answer.
std::vector<CommonEntity> shared_by(const std::vector<AccountEntity>& a, const std::vector<AccountEntity>& b) {
  std::map<VertexKey, const AccountEntity*> of_b;
  for (const AccountEntity& entity : b) of_b.emplace(entity.entity, &entity);
  std::vector<CommonEntity> shared;
  for (const AccountEntity& mine : a) {
    const auto found = of_b.find(mine.entity);
    if (found == of_b.end()) continue;
    const AccountEntity& theirs = *found->second;
    shared.push_back({mine.kind, mine.value, mine.accounts, mine.bits, mine.count, theirs.count, mine.first, mine.last,
                      theirs.first, theirs.last, mine.verdict, mine.trust, mine.cleared});
    if (theirs.verdict == ThingVerdict::outside_window) shared.back().verdict = theirs.verdict;
  }
  std::sort(shared.begin(), shared.end(), [](const CommonEntity& x, const CommonEntity& y) {
    return std::tuple(-x.bits, std::string_view(x.kind), std::string_view(x.value)) <
           std::tuple(-y.bits, std::string_view(y.kind), std::string_view(y.value));
  });
  return shared;
}

constexpr std::array<Seconds, 4> kWindows = {10, 60, 600, 3600};

std::vector<MetWithin> meetings(const std::vector<CommonEntity>& shared) {
  std::vector<MetWithin> together;
  for (const Seconds window : kWindows) {
    const auto met = std::count_if(shared.begin(), shared.end(), [&](const CommonEntity& entity) {
      return entity.first_a != kNoTime && entity.first_b != kNoTime &&
             std::abs(entity.first_a - entity.first_b) <= window;
    });
    if (met > 0) together.push_back({window, static_cast<std::uint32_t>(met)});
  }
  return together;
}

double link_between(const Store& store, std::uint64_t run, KeyHash a, KeyHash b) {
  for (const StoredLink& link : store.links_of(run, a)) {
    if (link.other == b) return static_cast<double>(link.bits);
  }
  return 0;
}

std::string ring_of(const Store& store, std::uint64_t run, KeyHash account) {
  return store.find_place(run, account).value_or("");
}

// What accounts were seen with, of each read once.
class SeenWith {
 public:
  SeenWith(const Store& store, const RunSummary& run) : store_(store), run_(run) {}
  const std::vector<AccountEntity>& of(KeyHash account) {
    const auto [at, fresh] = known_.try_emplace(account);
    if (fresh) at->second = entities_of(store_, account, run_);
    return at->second;
  }

 private:
  const Store& store_;
  const RunSummary& run_;
  std::map<KeyHash, std::vector<AccountEntity>> known_;
};

std::vector<Hop> hops_of(const Store& store, SeenWith& seen, const std::vector<PathStep>& steps) {
  std::vector<Hop> hops;
  for (std::size_t i = 1; i < steps.size(); ++i) {
    const KeyHash from = steps[i - 1].account;
    const KeyHash to = steps[i].account;
    Hop hop;
    hop.from = store.name_of({kAccountKind, from}).value_or("?");
    hop.to = store.name_of({kAccountKind, to}).value_or("?");
    hop.bits = steps[i].bits;
    const auto shared = shared_by(seen.of(from), seen.of(to));
    if (!shared.empty()) {
      hop.kind = shared.front().kind;
      hop.value = shared.front().value;
    }
    hops.push_back(std::move(hop));
  }
  return hops;
}

std::string plural(std::size_t n, std::string_view one, std::string_view many) {
  return fmt::format("{} {}", n, n == 1 ? one : many);
}

std::string about_rings(const WhyAnswer& answer) {
  if (answer.run == 0) return " No detection has run yet, so it is not known how rare this is: run 'ringscope detect'.";
  if (!answer.ring_a.empty() && answer.ring_a == answer.ring_b) {
    return fmt::format(" Both are in ring {}.", answer.ring_a);
  }
  if (answer.ring_a.empty() && answer.ring_b.empty()) return " Neither is in a ring.";
  const auto place = [](const std::string& ring) {
    return ring.empty() ? std::string("in no ring") : "in ring " + ring;
  };
  return fmt::format(" They are not in the same ring: {} is {}, {} is {}.", answer.a, place(answer.ring_a), answer.b,
                     place(answer.ring_b));
}

std::string about_shared(const WhyAnswer& answer) {
  const CommonEntity& best = answer.shared.front();
  std::string text =
      fmt::format("{} and {} share {}", answer.a, answer.b, plural(answer.shared.size(), "thing", "things"));
  if (answer.run == 0) return text + ".";
  if (answer.bits <= 0) {
    text += ", but nothing that proves anything: too many accounts have it, or the run's window does not hold it.";
    if (answer.link_bits > 0 && !answer.together.empty()) text += " The run links them by when they came.";
    return text;
  }
  text += fmt::format(" worth {:.1f} bits of surprise; the strongest is {} {}, which {} in the window had.",
                      answer.bits, best.kind, best.value, plural(best.accounts, "account", "accounts"));
  if (best.cleared > 0)
    text += fmt::format(" {} of them {} cleared by a person, so it counts less.", best.cleared,
                        best.cleared == 1 ? "was" : "were");
  if (answer.link_bits > 0) {
    text +=
        fmt::format(" Chance would bring a pair of accounts so close about once in 2^{:.0f} pairs.", answer.link_bits);
  } else {
    text += " For a pair out of so many that is still what chance can do.";
  }
  return text;
}

// The least window that holds at least half of what the widest does.
std::string about_time(const WhyAnswer& answer) {
  if (answer.together.empty()) return "";
  const auto told = std::find_if(answer.together.begin(), answer.together.end(),
                                 [&](const MetWithin& met) { return 2 * met.things >= answer.together.back().things; });
  return fmt::format(" They came to {} of them within {} of each other.", told->things, window_text(told->window));
}

std::string about_path(const WhyAnswer& answer) {
  if (answer.link_bits > 0) return "";  // their own link is told
  switch (answer.path_end) {
    case PathEnd::found:
      return fmt::format(" A chain of {} joins them.", plural(answer.path.size(), "link", "links"));
    case PathEnd::no_path:
      return " No chain of links joins them either.";
    case PathEnd::gave_up:
      return " No short chain of links joins them.";
    case PathEnd::not_asked:
      break;
  }
  return "";
}

std::string meaning_of(const WhyAnswer& answer) {
  const std::string shared = answer.shared.empty()
                                 ? fmt::format("{} and {} share nothing directly.", answer.a, answer.b)
                                 : about_shared(answer);
  return shared + about_time(answer) + about_path(answer) + about_rings(answer);
}

// The strongest chain, then others through other accounts.
void add_paths(const Store& store, SeenWith& seen, KeyHash a, KeyHash b, const WhyOptions& options, WhyAnswer& answer) {
  const std::optional<StoredCuts> cuts = StoredCuts::open(store, answer.run);
  if (cuts && cuts->are_apart(a, b).value_or(false)) {  // known without a search
    answer.path_end = PathEnd::no_path;
    return;
  }
  const std::size_t effort = answer.bits > 0 ? options.most_detours : options.most_expanded;
  PathFinder finder(store, answer.run, a, b);
  const Path first = finder.find({.most_expanded = effort, .check = options.check});
  answer.path_end = first.end;
  answer.path = hops_of(store, seen, first.steps);
  if (first.end != PathEnd::found) return;
  std::vector<KeyHash> passed;
  const auto pass = [&](const Path& path) {
    for (std::size_t i = 1; i + 1 < path.steps.size(); ++i) passed.push_back(path.steps[i].account);
  };
  pass(first);
  while (answer.alternatives.size() < options.alternatives) {
    const Path next =
        finder.find({.most_expanded = options.most_detours, .avoid = passed, .direct = false, .check = options.check});
    if (next.end != PathEnd::found) return;
    answer.alternatives.push_back(hops_of(store, seen, next.steps));
    pass(next);
  }
}

}  // namespace

WhyAnswer why(const Store& store, std::string_view a, std::string_view b, const WhyOptions& options) {
  const RunSummary run = asked_run(store);
  return why(store, a, b, run, view_of(store, run).get(), options);
}

WhyAnswer why(const Store& store, std::string_view a, std::string_view b, const RunSummary& run, const RunView* view,
              const WhyOptions& options) {
  if (a == b) throw Error(ErrorCode::usage, fmt::format("\"{}\" was named twice; name two accounts", a));
  const KeyHash key_a = require_account(store, a);
  const KeyHash key_b = require_account(store, b);
  WhyAnswer answer;
  answer.a = a;
  answer.b = b;
  answer.run = run.run;
  SeenWith seen(store, run);
  answer.shared = shared_by(seen.of(key_a), seen.of(key_b));
  for (const CommonEntity& entity : answer.shared) answer.bits += entity.bits;
  answer.together = meetings(answer.shared);
  if (answer.run != 0) {
    answer.link_bits = link_between(store, answer.run, key_a, key_b);
    answer.ring_a = ring_of(store, answer.run, key_a);
    answer.ring_b = ring_of(store, answer.run, key_b);
    add_paths(store, seen, key_a, key_b, options, answer);
  }
  if (view != nullptr) {
    answer.why_not = why_not_pair(*view, key_a, key_b, options.check);
    answer.breaks = link_break(*view, key_a, key_b);
  }
  answer.meaning = meaning_of(answer);
  return answer;
}

}  // namespace ringscope
