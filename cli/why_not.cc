#include "cli/why_not.h"

#include <cmath>

#include <fmt/format.h>

#include "cli/terminal.h"
#include "cli/text.h"

namespace ringscope::cli {
namespace {

std::string amount_text(double amount, std::string_view unit) {
  if (!std::isfinite(amount)) return "more than any pair had";
  if (unit == "share") return fmt::format("{:.1f}%", 100 * amount);
  if (unit == "score") return decimal(amount, 3);
  if (unit == "accounts") return count_of(static_cast<std::uint64_t>(amount), "account", "accounts");
  return fmt::format("{:.1f} {}", amount, unit);
}

std::string test_text(WhyNotCause cause) {
  switch (cause) {
    case WhyNotCause::nothing_shared:
      return "something is shared";
    case WhyNotCause::hubs_only:
      return "something is shared that is no hub";
    case WhyNotCause::below_cut:
      return "the pair surprises";
    case WhyNotCause::grouped_apart:
      return "grouped together";
    case WhyNotCause::told_apart:
      return "like the group in more than its links";
    case WhyNotCause::incohesive:
      return "enough of its own is shared with the group";
    case WhyNotCause::too_small:
      return "the group is large enough";
    case WhyNotCause::low_score:
      return "the group scores enough";
    case WhyNotCause::changed:
      break;
  }
  return "";
}

// "3 shared, 2 its own, hubs: 1 by size, 1 listed"
std::string counts_text(const ThingCounts& things) {
  const auto joined = [](std::initializer_list<std::pair<std::uint64_t, std::string_view>> counts) {
    std::string text;
    for (const auto& [n, words] : counts) {
      if (n > 0) text += fmt::format("{}{} {}", text.empty() ? "" : ", ", thousands(n), words);
    }
    return text;
  };
  const std::string plain = joined({{things.evidence, "shared"}, {things.unshared, "its own"}});
  const std::string hubs =
      joined({{things.over_cap, "by size"}, {things.listed, "listed"}, {things.uncorroborated, "alone"}});
  if (hubs.empty()) return plain;
  return fmt::format("{}{}hubs: {}", plain, plain.empty() ? "" : "; ", hubs);
}

void print_details(const WhyNot& why) {
  for (const std::string& detail : why.details) print_line("- " + wrapped(escaped(detail), text_columns() - 2, 2));
}

}  // namespace

void print_cleared(const std::string& kind, const std::string& value, std::uint32_t cleared, std::uint32_t accounts) {
  if (cleared == 0) return;
  const std::string text = fmt::format("{} {}: {} of its {} accounts {} cleared by a person, so it counts less", kind,
                                       value, thousands(cleared), thousands(accounts), cleared == 1 ? "was" : "were");
  print_line(wrapped(escaped(text), text_columns(), 2));
}

std::string worth_text(double bits, const std::optional<ThingVerdict>& verdict) {
  if (verdict) {
    switch (*verdict) {
      case ThingVerdict::over_cap:
        return "hub";
      case ThingVerdict::listed:
        return "listed";
      case ThingVerdict::uncorroborated:
        return "alone";
      case ThingVerdict::unshared:
        return "own";
      case ThingVerdict::left_out:
        return "unused";
      case ThingVerdict::outside_window:
        return "outside";
      case ThingVerdict::evidence:
        break;
    }
  }
  return decimal(bits, 1);
}

void print_why_not(const WhyNot& why) {
  print_heading("Why not");
  print_line(wrapped(escaped(why.meaning), text_columns(), 0));
  print_facts({{"test failed", test_text(why.cause)},
               {"there is", amount_text(why.value, why.unit)},
               {"needed", amount_text(why.needed, why.unit)}});
  print_details(why);
}

void print_why_not(const AccountWhyNot& answer) {
  print_heading("Why not");
  print_line(wrapped(escaped(answer.why.meaning), text_columns(), 0));
  print_facts({{"test failed", test_text(answer.why.cause)},
               {"there is", amount_text(answer.why.value, answer.why.unit)},
               {"needed", amount_text(answer.why.needed, answer.why.unit)},
               {"things", counts_text(answer.things)},
               {"nearest", answer.partner.empty() ? ""
                                                  : fmt::format("{}, {} bits of surprise", answer.partner,
                                                                decimal(answer.partner_bits, 1))}});
  print_details(answer.why);
}

void print_expulsion(const Expulsion& expulsion) {
  print_heading("What holds it in the ring");
  print_line(wrapped(escaped(expulsion.meaning), text_columns(), 0));
  if (expulsion.things.empty()) return;
  Table table(
      {{"expelled without"}, {"value", Align::left, 16}, {"members", Align::right}, {"everyone", Align::right}});
  for (const ExpellingThing& thing : expulsion.things)
    table.add({{thing.kind}, {thing.value}, {thousands(thing.members)}, {thousands(thing.accounts)}});
  table.print();
}

}  // namespace ringscope::cli
