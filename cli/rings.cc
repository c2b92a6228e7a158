#include <algorithm>
#include <optional>
#include <set>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "cli/commands.h"
#include "cli/ring_changes.h"
#include "cli/ring_cuts.h"
#include "cli/terminal.h"
#include "cli/text.h"
#include "cli/tiers.h"
#include "engine/ask/read_run.h"
#include "engine/ask/ring_list.h"

namespace ringscope::cli {
namespace {

struct Options {
  RingQuery query;
  std::vector<std::string> tiers;
  std::string sort = "tier";
  std::optional<std::uint64_t> limit;
  std::uint64_t run = 0;                       // 0: the latest
  std::optional<std::uint64_t> changed_since;  // run
  bool facets = false, page = false, flow = false, cuts = false;
  std::optional<double> cut;  // bits
  std::filesystem::path svg;

  // Whether anything but tiers and order narrows the list down.
  bool filters() const {
    const RingFilter& filter = query.filter;
    return filter.min_size > 0 || filter.max_size < UINT64_MAX || !filter.campaigns.empty() || !filter.kinds.empty() ||
           !filter.changes.empty() || !filter.verdicts.empty() || !filter.text.empty() || !tiers.empty();
  }
};

constexpr std::size_t kOnTerminal = 50;  // rings of a page, when no --limit is given

std::vector<std::string> order_names() {
  std::vector<std::string> names = {"tier"};
  for (std::string name : ring_order_names()) {
    std::ranges::replace(name, '_', '-');
    if (name != "rank") names.push_back(std::move(name));
  }
  return names;
}

std::vector<std::string> change_names() {
  std::vector<std::string> names = {std::string(kUnchanged)};
  for (std::uint8_t i = 0; i <= static_cast<std::uint8_t>(RingChange::regraded); ++i)
    names.emplace_back(to_string(static_cast<RingChange>(i)));
  return names;
}

std::vector<std::string> verdict_names() {
  std::vector<std::string> names = verdict_words();
  names.emplace_back(kNone);
  return names;
}

// The likeliest campaign, with a question mark when it is only listed, and how many others there are.
std::string campaign_text(const RingLine& ring) {
  if (ring.campaigns.empty()) return "";
  const std::string others = ring.campaigns.size() > 1 ? fmt::format(" +{}", ring.campaigns.size() - 1) : "";
  return (ring.campaign.empty() ? ring.campaigns.front().first + "?" : ring.campaign) + others;
}

std::string verdict_text(const RingLine& ring) {
  if (ring.verdict) return to_string(*ring.verdict);
  return ring.engine ? "of members" : "";
}

// A column that is there only when one of the rings has something to say in it.
struct OptionalColumn {
  Column column;
  std::string (*text)(const RingLine& ring);
  std::size_t before;  // place among the columns that are always there
};

std::vector<OptionalColumn> told(const std::vector<RingLine>& rings) {
  std::vector<OptionalColumn> columns = {
      {{"change"}, [](const RingLine& r) { return std::string(r.change ? to_string(*r.change) : ""); }, 6},
      {{"verdict", Align::left, 7}, verdict_text, 6},
      {{"campaign", Align::left, 6}, campaign_text, 7},
  };
  std::erase_if(columns, [&](const OptionalColumn& column) {
    return std::ranges::all_of(rings, [&](const RingLine& ring) { return column.text(ring).empty(); }) ||
           (column.column.title == "change" &&
            std::ranges::all_of(rings, [](const RingLine& ring) { return ring.change == RingChange::born; }));
  });
  return columns;
}

void print_table(const std::vector<RingLine>& rings) {
  const std::vector<OptionalColumn> more = told(rings);
  std::vector<Column> columns = {{"ring"},
                                 {"tier"},
                                 {"score", Align::right},
                                 {"accounts", Align::right},
                                 {"requests", Align::right},
                                 {"last seen"},
                                 {"joined by", Align::left, 6},
                                 {"summary", Align::left, 10}};
  for (auto one = more.rbegin(); one != more.rend(); ++one)
    columns.insert(columns.begin() + static_cast<std::ptrdiff_t>(one->before), one->column);
  Table table(std::move(columns));
  for (const RingLine& ring : rings) {
    std::vector<TableCell> row = {{ring.ring, Style::bold},
                                  tier_cell(ring.tier),
                                  {decimal(ring.score, 3)},
                                  {thousands(ring.size)},
                                  {thousands(ring.requests)},
                                  {day_text(ring.last_seen)},
                                  {fmt::format("{}", fmt::join(ring.kinds, ", "))},
                                  {ring.summary}};
    for (auto one = more.rbegin(); one != more.rend(); ++one)
      row.insert(row.begin() + static_cast<std::ptrdiff_t>(one->before), {one->text(ring)});
    table.add(std::move(row));
  }
  table.print();
}

void print_facet(const char* name, const RingFacets::Counts& counts) {
  std::vector<std::pair<std::string, std::uint64_t>> order(counts.begin(), counts.end());
  std::ranges::stable_sort(order, std::greater<>(), [](const auto& one) { return one.second; });
  std::string text;
  for (const auto& [value, rings] : order)
    text += fmt::format("{}{} {}", text.empty() ? "" : ", ", value, thousands(rings));
  print_facts({{name, text}});
}

void print_facets(const RingFacets& facets) {
  print_facet("tier    ", facets.tier);
  print_facet("change  ", facets.change);
  print_facet("kind    ", facets.kind);
  print_facet("campaign", facets.campaign);
  print_facet("verdict ", facets.verdict);
}

void print_rings(const RingPage& page) {
  if (page.items.empty()) {
    print_line(fmt::format("Run {} has no {}ring{}.", page.run, page.total > 0 ? "further " : "",
                           page.rings == 0 ? "" : " that is asked for"));
    return;
  }
  print_table(page.items);
  const bool all = page.items.size() == page.total;
  print_line(styled(fmt::format("{}{} of run {}. 'ringscope ring ID' shows one.",
                                all ? "" : fmt::format("{} of ", thousands(page.items.size())),
                                count_of(page.total, "ring", "rings"), page.run),
                    Style::dim));
  if (!page.next.empty()) print_line(styled("The next page: --cursor " + page.next, Style::dim));
}

// The filter narrows down what changed; retired rings have nothing to be filtered by.
int print_changes(const Globals& globals, const Store& store, const Options& options, std::uint64_t run) {
  if (!options.filters()) return print_changed(globals, store, *options.changed_since, nullptr);
  RingQuery query = options.query;
  query.limit = 0;
  std::set<std::string> wanted;
  for (const RingLine& line : list_rings(store, run, query, nullptr).items) wanted.insert(line.ring);
  return print_changed(globals, store, *options.changed_since, &wanted);
}

int run(const Globals& globals, Options options) {
  const auto store = open_briefly(globals);
  const std::uint64_t latest = latest_run_number(*store);
  if (options.cut || options.cuts) {
    const std::uint64_t of = options.run == 0 ? latest : options.run;
    const CutQuery query{of, options.cut, options.query.filter.min_size, options.limit, options.svg};
    return print_cuts(globals, *store, query);
  }
  if (options.flow || !options.svg.empty()) return print_flow(globals, *store, options.svg);
  options.query.filter.tiers = tiers_of(options.tiers);
  options.query.order = parse_ring_order(options.sort);
  options.query.limit = options.limit.value_or(on_terminal() && !globals.json ? kOnTerminal : 0);
  if (options.facets && !globals.json) options.query.limit = 1;  // of the rings none is shown
  if (options.changed_since) return print_changes(globals, *store, options, latest);
  std::uint64_t asked = options.run == 0 ? run_of_cursor(options.query.cursor).value_or(latest) : options.run;
  if (asked != latest) asked = find_run(*store, asked).run;
  const bool facets = options.facets || options.page;
  RingFacets counts;
  const RingPage page = list_rings(*store, asked, options.query, facets ? &counts : nullptr);
  if (globals.json && facets) {
    print_line(page_to_json(page, &counts));
  } else if (globals.json) {
    for (const RingLine& line : page.items) print_line(line_to_json(line, page.run));
  } else if (options.facets) {
    print_facets(counts);
  } else {
    print_rings(page);
  }
  return 0;
}

// Several values, comma-separated.
CLI::Option* add_list(CLI::App& app, const char* name, std::vector<std::string>& values, const char* summary) {
  return app.add_option(name, values, summary)->delimiter(',')->expected(1)->take_all();
}

}  // namespace

std::function<int()> setup_rings(CLI::App& app, const Globals& globals) {
  const auto options = std::make_shared<Options>();
  RingFilter& filter = options->query.filter;
  add_tier_option(app, options->tiers);
  app.add_option("--min-size", filter.min_size, "Rings of so many accounts or more")->check(CLI::NonNegativeNumber);
  app.add_option("--max-size", filter.max_size, "Rings of so many accounts or fewer")->check(CLI::NonNegativeNumber);
  add_list(app, "--campaign", filter.campaigns, "Only of these campaigns, comma-separated; none: of none");
  add_list(app, "--kind", filter.kinds, "Only with evidence of all these kinds, comma-separated: payment, ip, …");
  add_list(app, "--change", filter.changes, "Only those to which this happened in the run, comma-separated")
      ->check(CLI::IsMember(change_names()));
  add_list(app, "--verdict", filter.verdicts,
           "Only with such a verdict on the ring, comma-separated; none: without one")
      ->check(CLI::IsMember(verdict_names()));
  app.add_option("--text", filter.text, "Only with all these words in id, summary, campaigns or kinds");
  app.add_option("--sort", options->sort, "Order, the greatest first")
      ->check(CLI::IsMember(order_names()))
      ->capture_default_str();
  app.add_flag("--reverse", options->query.ascending, "The smallest first");
  app.add_option("--limit", options->limit, "Print no more than this many; 0: all. On a terminal 50 unless said")
      ->check(CLI::NonNegativeNumber);
  app.add_option("--cursor", options->query.cursor, "Go on where a page ended, which names its cursor");
  app.add_flag("--facets", options->facets, "Print how many rings there are of each tier, change, kind, …");
  app.add_flag("--page", options->page,
               "With --json: one document of the rings, their number, the cursor and the facets");
  app.add_option("--run", options->run, "Rings of this run instead of the latest")->check(CLI::PositiveNumber);
  app.add_option("--changed-since", options->changed_since,
                 "Rings that changed after this run, retired ones as well, and what happened to them")
      ->check(CLI::NonNegativeNumber);
  app.add_flag("--flow", options->flow, "How rings came out of each other over the runs");
  app.add_option("--cut", options->cut, "What links of so many bits or more hold together, whatever the rings are")
      ->check(CLI::NonNegativeNumber)
      ->type_name("BITS");
  app.add_flag("--cuts", options->cuts, "How what hangs together changes with the cut");
  app.add_option("--svg", options->svg, "Write the flow or the cuts as a picture into this file")->type_name("FILE");
  return [options, &globals] { return run(globals, *options); };
}

}  // namespace ringscope::cli
