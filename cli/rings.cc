#include <algorithm>
#include <array>
#include <optional>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "cli/commands.h"
#include "cli/ring_changes.h"
#include "cli/terminal.h"
#include "cli/text.h"
#include "cli/tiers.h"
#include "engine/ask/read_run.h"

namespace ringscope::cli {
namespace {

using Json = nlohmann::ordered_json;

struct Options {
  std::vector<std::string> tiers;
  std::uint64_t limit = 0;
  std::string sort = "tier";
  std::uint64_t run = 0;                       // 0: the latest
  std::optional<std::uint64_t> changed_since;  // run
  bool flow = false;
  std::filesystem::path svg;
};

struct Order {
  const char* name;
  bool (*before)(const Ring& a, const Ring& b);  // null: as they are read
};
constexpr std::array<Order, 5> kOrders{{
    {"tier", nullptr},
    {"score", [](const Ring& a, const Ring& b) { return a.score > b.score; }},
    {"size", [](const Ring& a, const Ring& b) { return a.members.size() > b.members.size(); }},
    {"requests", [](const Ring& a, const Ring& b) { return a.behavior.requests > b.behavior.requests; }},
    {"last-seen", [](const Ring& a, const Ring& b) { return a.last_seen > b.last_seen; }},
}};

std::vector<std::string> order_names() {
  std::vector<std::string> names;
  names.reserve(kOrders.size());
  for (const Order& order : kOrders) names.emplace_back(order.name);
  return names;
}

void arrange(std::vector<Ring>& rings, const Options& options) {
  const std::vector<Tier> tiers = tiers_of(options.tiers);
  std::erase_if(rings, [&](const Ring& ring) {
    return !tiers.empty() && std::find(tiers.begin(), tiers.end(), ring.tier) == tiers.end();
  });
  for (const Order& order : kOrders) {
    if (options.sort == order.name && order.before != nullptr)
      std::stable_sort(rings.begin(), rings.end(), order.before);
  }
}

Json campaigns_json(const Ring& ring) {
  Json list = Json::array();
  for (const CampaignMatch& one : ring.campaigns) {
    list.push_back({{"campaign", one.campaign}, {"confidence", one.confidence}});
  }
  return list;
}

std::string line_json(const Ring& ring) {
  const auto time_json = [](Seconds t) { return t == kNoTime ? Json(nullptr) : Json(t); };
  const Json json = {{"schema", "ringscope.ring-line/1"},
                     {"ring", ring.id},
                     {"run", ring.run},
                     {"tier", to_string(ring.tier)},
                     {"score", ring.score},
                     {"size", ring.members.size()},
                     {"campaign", ring.campaign},
                     {"confidence", ring.confidence},
                     {"campaigns", campaigns_json(ring)},
                     {"kinds", ring.kinds},
                     {"requests", ring.behavior.requests},
                     {"evidence_count", ring.evidence_count},
                     {"first_seen", time_json(ring.first_seen)},
                     {"last_seen", time_json(ring.last_seen)},
                     {"summary", ring.summary},
                     {"verdict", ring.verdict ? Json(to_string(ring.verdict->word)) : Json(nullptr)}};
  return json.dump(-1, ' ', false, Json::error_handler_t::replace);
}

// The likeliest campaign, with a question mark when it is only listed, and how many others there are.
std::string campaign_text(const Ring& ring) {
  if (ring.campaigns.empty()) return "";
  const std::string others = ring.campaigns.size() > 1 ? fmt::format(" +{}", ring.campaigns.size() - 1) : "";
  return (ring.campaign.empty() ? ring.campaigns.front().campaign + "?" : ring.campaign) + others;
}

void print_table(const std::vector<Ring>& rings, std::size_t shown) {
  const bool campaigns = std::any_of(rings.begin(), rings.end(), [](const Ring& r) { return !r.campaigns.empty(); });
  std::vector<Column> columns = {{"ring"},
                                 {"tier"},
                                 {"score", Align::right},
                                 {"accounts", Align::right},
                                 {"requests", Align::right},
                                 {"last seen"},
                                 {"joined by", Align::left, 6},
                                 {"summary", Align::left, 10}};
  if (campaigns) columns.insert(columns.end() - 1, {"campaign", Align::left, 6});
  Table table(std::move(columns));
  for (std::size_t i = 0; i < shown; ++i) {
    const Ring& ring = rings[i];
    std::vector<TableCell> row = {{ring.id, Style::bold},
                                  {to_string(ring.tier), style_of(ring.tier)},
                                  {decimal(ring.score, 3)},
                                  {thousands(ring.members.size())},
                                  {thousands(ring.behavior.requests)},
                                  {day_text(ring.last_seen)},
                                  {fmt::format("{}", fmt::join(ring.kinds, ", "))}};
    if (campaigns) row.push_back({campaign_text(ring)});
    row.push_back({ring.summary});
    table.add(std::move(row));
  }
  table.print();
}

void print_rings(const RunSummary& run, const std::vector<Ring>& rings, std::size_t shown) {
  if (rings.empty()) {
    print_line(fmt::format("Run {} has no ring{}.", run.run, run.rings == 0 ? "" : " of this tier"));
    return;
  }
  print_table(rings, shown);
  const std::string rest = shown < rings.size() ? fmt::format("{} of ", thousands(shown)) : "";
  print_line(styled(fmt::format("{}{} of run {}. 'ringscope ring ID' shows one.", rest,
                                count_of(rings.size(), "ring", "rings"), run.run),
                    Style::dim));
}

int list_rings(const Globals& globals, const Store& store, const RunSummary& latest, const Options& options) {
  RunSummary asked = latest;
  if (options.run != 0) asked = find_run(store, options.run);
  std::vector<Ring> rings = read_rings(store, asked.run, RingParts::heads);
  arrange(rings, options);
  const std::size_t shown = options.limit == 0 ? rings.size() : std::min<std::size_t>(rings.size(), options.limit);
  if (globals.json) {
    for (std::size_t i = 0; i < shown; ++i) print_line(line_json(rings[i]));
  } else {
    print_rings(asked, rings, shown);
  }
  return 0;
}

int run(const Globals& globals, const Options& options) {
  const auto store = open_store(globals, OpenMode::read_only);
  const RunSummary latest = latest_run(*store);
  if (options.flow || !options.svg.empty()) return print_flow(globals, *store, options.svg);
  if (options.changed_since) return print_changed(globals, *store, *options.changed_since);
  return list_rings(globals, *store, latest, options);
}

}  // namespace

std::function<int()> setup_rings(CLI::App& app, const Globals& globals) {
  const auto options = std::make_shared<Options>();
  add_tier_option(app, options->tiers);
  app.add_option("--limit", options->limit, "Print no more than this many; 0: all")->check(CLI::NonNegativeNumber);
  app.add_option("--sort", options->sort, "Order, the greatest first")
      ->check(CLI::IsMember(order_names()))
      ->capture_default_str();
  app.add_option("--run", options->run, "Rings of this run instead of the latest")->check(CLI::PositiveNumber);
  app.add_option("--changed-since", options->changed_since,
                 "Rings that changed after this run, retired ones as well, and what happened to them")
      ->check(CLI::NonNegativeNumber);
  app.add_flag("--flow", options->flow, "How rings came out of each other over the runs");
  app.add_option("--svg", options->svg, "Write the flow as a picture into this file");
  return [options, &globals] { return run(globals, *options); };
}

}  // namespace ringscope::cli
