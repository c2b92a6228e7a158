#include "engine/ask/compare.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "cli/commands.h"
#include "cli/terminal.h"
#include "cli/text.h"
#include "engine/ask/read_run.h"

namespace ringscope::cli {
namespace {

constexpr std::size_t kThingsShown = 15;

struct Options {
  std::string a, b;
  std::uint64_t run = 0;  // 0: the latest
  CompareOptions compare;
};

std::string share_text(double share) { return share < 0 ? "not known" : percent(share); }

std::string asked_for(const Behavior& behavior) {
  std::string text;
  for (const auto& [name, share] : behavior.capabilities)
    text += fmt::format("{}{} {}", text.empty() ? "" : ", ", name, percent(share));
  return text;
}

void print_answer(const Comparison& one) {
  const auto [text, style] = [&]() -> std::pair<const char*, Style> {
    switch (one.answer) {
      case OneOperator::yes:
        return {"● One operator, by all that is known.", Style::red};
      case OneOperator::maybe:
        return {"◐ They may be one operator's.", Style::yellow};
      case OneOperator::no_sign:
        break;
    }
    return {"○ Nothing says that they are one operator's.", Style::green};
  }();
  print_line(styled(text, style));
  for (const std::string& reason : one.reasons) print_line("- " + wrapped(escaped(reason), text_columns() - 2, 2));
}

void print_side_by_side(const Comparison& one) {
  print_heading("Side by side");
  Table table({{""}, {one.a.ring, Align::left, 14}, {one.b.ring, Align::left, 14}, {"alike", Align::left, 5}});
  const auto row = [&](const char* title, std::string a, std::string b, std::string alike = {}) {
    table.add({{title, Style::dim}, {std::move(a)}, {std::move(b)}, {std::move(alike)}});
  };
  table.add({{"tier", Style::dim}, tier_cell(one.a.tier), tier_cell(one.b.tier), {}});
  row("score", decimal(one.a.score, 3), decimal(one.b.score, 3));
  row("accounts", thousands(one.a.size), thousands(one.b.size));
  row("campaign", one.a.campaign, one.b.campaign);
  row("joined by", fmt::format("{}", fmt::join(one.a.kinds, ", ")), fmt::format("{}", fmt::join(one.b.kinds, ", ")));
  row("seen", day_text(one.a.first_seen) + " to " + day_text(one.a.last_seen),
      day_text(one.b.first_seen) + " to " + day_text(one.b.last_seen));
  row("requests", thousands(one.a.behavior.requests), thousands(one.b.behavior.requests));
  row("hours", fmt::format("{} of 24", one.a.behavior.active_hours),
      fmt::format("{} of 24", one.b.behavior.active_hours), share_text(one.alike.hours));
  row("asked for", asked_for(one.a.behavior), asked_for(one.b.behavior), share_text(one.alike.capabilities));
  row("prompts", percent(one.a.behavior.template_repetition) + " repeat one",
      percent(one.b.behavior.template_repetition) + " repeat one", share_text(one.alike.prompts));
  row("weekend", percent(one.a.behavior.weekend_share), percent(one.b.behavior.weekend_share));
  row("synchrony", decimal(one.a.behavior.synchrony, 2), decimal(one.b.behavior.synchrony, 2));
  table.print();
  if (one.a.looked_at < one.a.size || one.b.looked_at < one.b.size) {
    print_line(styled(fmt::format("Things, links and habits are of the {} and {} surest members.",
                                  thousands(one.a.looked_at), thousands(one.b.looked_at)),
                      Style::dim));
  }
}

void print_things(const Comparison& one) {
  print_heading(fmt::format("Had by members of both: {}", count_of(one.things_count, "thing", "things")));
  if (one.things.empty()) return;
  Table table({{"kind"},
               {"value", Align::left, 16},
               {"bits", Align::right},
               {one.a.ring, Align::right},
               {one.b.ring, Align::right},
               {"everyone", Align::right}});
  for (std::size_t i = 0; i < std::min(kThingsShown, one.things.size()); ++i) {
    const CommonThing& thing = one.things[i];
    table.add({{thing.kind},
               {thing.value},
               {thing.bits > 0 ? decimal(thing.bits, 1) : "hub"},
               {thousands(thing.members_a)},
               {thousands(thing.members_b)},
               {thousands(thing.accounts)}});
  }
  table.print();
  if (one.things_count > kThingsShown)
    print_line(styled(fmt::format("… and {} more", thousands(one.things_count - kThingsShown)), Style::dim));
}

void print_traits(const Comparison& one) {
  if (one.traits.empty()) return;
  print_heading("In common, without a shared thing");
  Table table({{"kind"}, {"value", Align::left, 16}, {"of both", Align::right}, {"everyone", Align::right}});
  for (const CommonTrait& trait : one.traits)
    table.add({{trait.kind}, {trait.value}, {thousands(trait.accounts)}, {thousands(trait.population)}});
  table.print();
}

void print_ties(const Comparison& one) {
  print_heading("Ties");
  print_facts({{"members in common", "none: the rings of a run have none"},
               {"went over", one.moved_count == 0
                                 ? "no account"
                                 : fmt::format("{}: {}", thousands(one.moved_count), fmt::join(one.moved, ", "))},
               {"links", one.links == 0 ? "none of the run"
                                        : fmt::format("{} of the run, the strongest of {} bits", thousands(one.links),
                                                      decimal(one.strongest_link, 1))}});
}

int run(const Globals& globals, const Options& options) {
  const auto store = open_briefly(globals);
  const std::uint64_t asked = options.run == 0 ? latest_run_number(*store) : options.run;
  const Comparison one = compare_rings(*store, asked, options.a, options.b, options.compare);
  if (globals.json) {
    print_line(comparison_to_json(one));
    return 0;
  }
  print_answer(one);
  print_side_by_side(one);
  print_ties(one);
  print_things(one);
  print_traits(one);
  return 0;
}

}  // namespace

std::function<int()> setup_compare(CLI::App& app, const Globals& globals) {
  const auto options = std::make_shared<Options>();
  app.add_option("RING1", options->a, "The id of a ring, or the beginning of it")->required();
  app.add_option("RING2", options->b, "Another")->required();
  app.add_option("--run", options->run, "As they were in this run")->check(CLI::PositiveNumber);
  app.add_option("--most", options->compare.most_members, "Read no more members of either than this, the surest")
      ->check(CLI::PositiveNumber)
      ->capture_default_str();
  return [options, &globals] { return run(globals, *options); };
}

}  // namespace ringscope::cli
