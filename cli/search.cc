#include "engine/ask/search.h"

#include <iostream>

#include <fmt/format.h>

#include "base/error.h"
#include "cli/commands.h"
#include "cli/terminal.h"
#include "cli/text.h"
#include "cli/why_not.h"
#include "engine/ingest/normalize.h"

namespace ringscope::cli {
namespace {

struct Options {
  std::string text;
  SearchOptions search;
};

std::string rings_text(const SearchHit& hit) {
  std::string text;
  for (const HitRing& ring : hit.rings) {
    const std::string members = ring.members == 0 ? "" : fmt::format(", {} of {}", ring.members, ring.size);
    text += fmt::format("{}{} ({}{})", text.empty() ? "" : ", ", ring.ring, tier_text(ring.tier), members);
  }
  return text;
}

std::string worth(const SearchHit& hit) {
  if (hit.type != HitType::thing) return "";
  return hit.verdict ? worth_text(hit.bits, hit.verdict) : "own";
}

TableCell rings_cell(const SearchHit& hit) {
  Tier tier = Tier::watch;
  for (const HitRing& ring : hit.rings) tier = std::max(tier, ring.tier);
  return {hit.type == HitType::ring ? tier_text(tier) : rings_text(hit),
          hit.rings.empty() ? Style::plain : style_of(tier)};
}

Table hits_table() {
  return Table({{"asked", Align::left, 8},
                {"kind"},
                {"value", Align::left, 16},
                {"accounts", Align::right},
                {"bits", Align::right},
                {"rings", Align::left, 16}});
}

void add_hits(Table& table, const SearchAnswer& answer, bool bulk) {
  for (const SearchHit& hit : answer.hits) {
    const std::string accounts = hit.type == HitType::account || hit.accounts == 0 ? "" : thousands(hit.accounts);
    table.add({{bulk        ? answer.query
                : hit.exact ? "="
                            : "begins"},
               {hit.kind},
               {hit.value, Style::bold},
               {accounts},
               {worth(hit)},
               rings_cell(hit)});
  }
}

int search_one(const Globals& globals, const Finder& finder, const Options& options) {
  const SearchAnswer answer = finder.find(options.text, options.search);
  if (globals.json) {
    print_line(search_to_json(answer));
    return 0;
  }
  if (answer.hits.empty()) {
    print_line(fmt::format("Nothing in the store is or begins with \"{}\".", escaped(options.text)));
    return 0;
  }
  Table table = hits_table();
  add_hits(table, answer, false);
  table.print();
  if (answer.more)
    print_line(styled(fmt::format("… and more; --limit {} shows more", 10 * options.search.limit), Style::dim));
  if (answer.scanned) {
    print_line(styled(
        "Names of this store are not in order yet, so all were read: the next ingest or detection puts them in order.",
        Style::dim));
  }
  return 0;
}

// One id a line of standard input; only what is equal to it.
int search_lines(const Globals& globals, const Finder& finder, SearchOptions options) {
  options.exact_only = true;
  Table table = hits_table();
  std::uint64_t asked = 0, found = 0;
  std::vector<std::string> missing;
  for (std::string line; std::getline(std::cin, line);) {
    const std::string_view id = trim(line);
    if (id.empty()) continue;
    const SearchAnswer answer = finder.find(id, options);
    ++asked;
    found += answer.hits.empty() ? 0 : 1;
    if (globals.json) {
      print_line(search_to_json(answer));
    } else {
      if (answer.hits.empty()) missing.emplace_back(id);
      add_hits(table, answer, true);
    }
  }
  if (globals.json) return 0;
  if (found > 0) table.print();
  constexpr std::size_t kNamed = 10;
  print_line(fmt::format("{} of {} found.", thousands(found), count_of(asked, "id", "ids")));
  for (std::size_t i = 0; i < std::min(kNamed, missing.size()); ++i) print_line("- not found: " + escaped(missing[i]));
  if (missing.size() > kNamed) print_line(fmt::format("… and {} more", thousands(missing.size() - kNamed)));
  return 0;
}

int run(const Globals& globals, const Options& options) {
  const auto store = open_briefly(globals);
  const Finder finder(*store);
  return options.text == "-" ? search_lines(globals, finder, options.search) : search_one(globals, finder, options);
}

}  // namespace

std::function<int()> setup_search(CLI::App& app, const Globals& globals) {
  const auto options = std::make_shared<Options>();
  app.add_option(
         "TEXT", options->text,
         "An id or value, the beginning of one, a network (203.0.113.0/24), any of these after KIND: (account:, "
         "ring:, campaign:, ip:, …); - reads one id a line from standard input")
      ->required();
  app.add_option("--limit", options->search.limit, "Print no more than this many")
      ->check(CLI::Range(1, 100'000))
      ->capture_default_str();
  app.add_flag("--exact", options->search.exact_only, "Only what is equal to it");
  return [options, &globals] { return run(globals, *options); };
}

}  // namespace ringscope::cli
