#include "engine/ask/link_break.h"

#include <algorithm>
#include <tuple>

#include <fmt/format.h>

#include "engine/ask/pair_test.h"

namespace ringscope {
namespace {

constexpr double kRounding = 1e-5;  // of single precision

std::string meaning_of(const LinkBreak& result, bool explained) {
  if (!explained) {
    return "What the two share does not explain their link in full: it came of what they did together, too. It would "
           "be gone when they shared nothing any more.";
  }
  const auto vouching = std::ranges::count_if(result.things, &BreakingThing::vouches);
  std::string text =
      fmt::format("Without {} there would be no link: ", plural(result.things.size(), "thing", "things"));
  text += fmt::format("what is left surprises by {:.1f} bits, and a link needs {:.1f}", result.after, result.cut);
  if (vouching > 0) {
    text += fmt::format("; {} of them {} by {} alone", vouching, vouching == 1 ? "links the two" : "link the two",
                        vouching == 1 ? "itself" : "themselves");
  }
  return text + ".";
}

}  // namespace

std::optional<LinkBreak> link_break(const RunView& view, KeyHash a, KeyHash b) {
  const AccountThings mine = view.things_of(a), theirs = view.things_of(b);
  std::vector<Thing> shared = RunView::shared(mine, theirs);
  const double link = view.link_bits(a, b);
  double bits = 0;
  for (const Thing& thing : shared) bits += thing.bits;
  std::ranges::stable_sort(shared, std::greater<>(),
                           [&](const Thing& thing) { return std::tuple(view.vouches(thing), thing.bits); });
  LinkBreak result{.before = view.surprise(mine, theirs, bits), .cut = view.tests().pair_cut};
  const bool vouched = !shared.empty() && view.vouches(shared.front());
  const bool explained =
      (result.before >= result.cut || vouched) && link <= std::max(1.0, result.before) * (1 + kRounding);
  if (!explained && link <= 0) return std::nullopt;
  result.smallest = explained;
  result.after = result.before;
  for (const Thing& thing : shared) {
    const bool needed = !explained || view.vouches(thing) || result.after >= result.cut;
    if (!needed) break;
    bits -= thing.bits;
    result.after = view.surprise(mine, theirs, bits);
    result.things.push_back({view.store().kind_name(thing.entity.kind),
                             view.store().name_of(thing.entity).value_or("?"), thing.bits, view.vouches(thing)});
  }
  result.meaning = meaning_of(result, explained);
  return result;
}

}  // namespace ringscope
