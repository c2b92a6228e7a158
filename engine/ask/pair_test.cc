#include "engine/ask/pair_test.h"

#include <algorithm>
#include <cmath>

#include <fmt/format.h>

namespace ringscope {
namespace {

// "ip 192.0.2.1: 5000 accounts, over the limit of 1000"
std::string about_thing(const RunView& view, const Thing& thing) {
  std::string what =
      fmt::format("{}: {}", view.thing_name(thing.entity), plural(thing.accounts, "account", "accounts"));
  switch (thing.verdict) {
    case ThingVerdict::over_cap:
      return fmt::format("{}, {} over the limit of {}: a hub", what, thing.accounts - view.tests().hub_accounts,
                         view.tests().hub_accounts);
    case ThingVerdict::listed:
      return what + ", listed as a hub";
    case ThingVerdict::uncorroborated:
      return fmt::format("{}, of whose pairs things of other kinds corroborate {:.2f}%, less than {:.2f}%: a hub", what,
                         100 * thing.trust, 100 * view.tests().least_trust);
    case ThingVerdict::evidence:
      return fmt::format("{}, worth {:.1f} bits{}", what, thing.bits,
                         thing.cleared == 0 ? "" : fmt::format(", {} of them cleared by a person", thing.cleared));
    case ThingVerdict::unshared:
    case ThingVerdict::left_out:
    case ThingVerdict::outside_window:
      break;
  }
  return what;
}

// The best that a shared thing's kind and size could have done without the rest.
void add_vouching(const RunView& view, const std::vector<Thing>& things, WhyNot& result) {
  const Thing* best = nullptr;
  for (const Thing& thing : things) {
    if (thing.verdict == ThingVerdict::evidence && (best == nullptr || thing.attaches > best->attaches)) best = &thing;
  }
  if (best == nullptr) return;
  result.details.push_back(
      fmt::format("by itself, {} of so many accounts is corroborated for {:.0f}% of its pairs; {:.0f}% would attach "
                  "one account to the other's ring, {:.0f}% join them",
                  view.store().kind_name(best->entity.kind), 100 * best->attaches, 100 * view.tests().vouch_attach,
                  100 * view.tests().vouch_core));
}

// How rare one more shared thing would have had to be.
void add_remedy(const RunView& view, const AccountThings& a, const AccountThings& b, double bits, WhyNot& result) {
  constexpr double kMostBits = kMaxBins / kBinsPerBit;
  for (double more = 1 / kBinsPerBit; bits + more <= kMostBits; more += 1 / kBinsPerBit) {
    if (view.surprise(a, b, bits + more) < view.tests().pair_cut) continue;
    result.details.push_back(
        fmt::format("one more shared thing, of {:.1f} bits or more, would have linked them", more));
    return;
  }
}

}  // namespace

std::string plural(std::uint64_t n, std::string_view one, std::string_view many) {
  return fmt::format("{} {}", n, n == 1 ? one : many);
}

void add_things(const RunView& view, std::vector<Thing> things, WhyNot& result) {
  std::stable_sort(things.begin(), things.end(), [](const Thing& a, const Thing& b) {
    return a.bits != b.bits ? a.bits > b.bits : a.accounts < b.accounts;
  });
  for (std::size_t i = 0; i < std::min(things.size(), kWhyNotDetails); ++i)
    result.details.push_back(about_thing(view, things[i]));
  if (things.size() > kWhyNotDetails)
    result.details.push_back(fmt::format("and {} more", things.size() - kWhyNotDetails));
}

WhyNot test_pair(const RunView& view, const AccountThings& a, const AccountThings& b) {
  const std::vector<Thing> shared = RunView::shared(a, b);
  const std::string name_a = view.account_name(a.account);
  const std::string name_b = view.account_name(b.account);
  double bits = 0;
  bool vouched = false;
  for (const Thing& thing : shared) {
    bits += thing.bits;
    vouched = vouched || view.vouches(thing);
  }
  WhyNot result;
  result.needed = view.tests().pair_cut;
  if (shared.empty()) {
    result.cause = WhyNotCause::nothing_shared;
    result.meaning = fmt::format("{} and {} share nothing in the run's window.", name_a, name_b);
    return result;
  }
  add_things(view, shared, result);
  if (bits <= 0) {
    result.cause = WhyNotCause::hubs_only;
    result.meaning = fmt::format("All that {} and {} share are hubs, which prove nothing: {}.", name_a, name_b,
                                 plural(shared.size(), "thing", "things"));
    return result;
  }
  result.value = view.surprise(a, b, bits);
  if (result.value >= result.needed || vouched) {
    result.cause = WhyNotCause::changed;
    result.meaning = fmt::format("What {} and {} share by now would link them: 'ringscope detect' has not run since.",
                                 name_a, name_b);
    return result;
  }
  result.cause = WhyNotCause::below_cut;
  result.meaning =
      std::isfinite(result.needed)
          ? fmt::format("What {} and {} share surprises by {:.1f} bits; a pair needed {:.1f}, {:.1f} more.", name_a,
                        name_b, result.value, result.needed, result.needed - result.value)
          : fmt::format("What {} and {} share surprises by {:.1f} bits; no pair of the run had enough.", name_a, name_b,
                        result.value);
  add_remedy(view, a, b, bits, result);
  add_vouching(view, shared, result);
  return result;
}

}  // namespace ringscope
