#include "algorithms/agreement.h"
#include "algorithms/arrival_scan.h"
#include "algorithms/coaction.h"
#include "algorithms/corroboration.h"
#include "algorithms/named/named.h"

namespace ringscope::named {
namespace {

Outputs run_agreeing(const Arguments& a) {
  const auto layer = a.integer<std::size_t>("layer");
  check_below("layer", layer, a.bipartite().layer_count());
  return edge_columns(agreeing_pairs(a.bipartite(), layer,
                                     {a.integer<Vertex>("next"), a.integer<Vertex>("least_common"),
                                      a.real("least_bits"), a.integer<unsigned>("threads")}));
}

Outputs coaction_columns(const std::vector<Coaction>& found) {
  return {column_of<std::uint32_t>(found, [](const Coaction& c) { return c.u; }),
          column_of<std::uint32_t>(found, [](const Coaction& c) { return c.v; }),
          column_of<std::int64_t>(found, [](const Coaction& c) { return c.window; }),
          column_of<std::uint32_t>(found, [](const Coaction& c) { return c.times; }),
          column_of<float>(found, [](const Coaction& c) { return c.surprise; }),
          column_of<std::uint32_t>(found, [](const Coaction& c) { return c.things; })};
}

Outputs run_coactions(const Arguments& a) {
  const auto windows = a.i64s("windows");
  CoactionOptions options;
  if (!windows.empty()) options.windows.assign(windows.begin(), windows.end());
  options.most_near = a.integer<Vertex>("most_near");
  options.alpha = a.real("alpha");
  options.threads = a.integer<unsigned>("threads");
  check_length("arrivals", a.i64s("arrivals").size(), a.bipartite().edge_count());
  return coaction_columns(find_coactions(a.bipartite(), a.i64s("arrivals"), options));
}

Outputs run_rule(const Arguments& a) {
  CoactionRule rule;
  rule.window = a.integer<std::int64_t>("window");
  rule.least_things = a.integer<std::uint32_t>("least_things");
  rule.least_arrivals = a.integer<std::uint32_t>("least_arrivals");
  rule.most_near = a.integer<Vertex>("most_near");
  rule.threads = a.integer<unsigned>("threads");
  check_length("arrivals", a.i64s("arrivals").size(), a.bipartite().edge_count());
  return coaction_columns(apply_rule(a.bipartite(), a.i64s("arrivals"), rule));
}

Outputs run_scan(const Arguments& a) {
  const auto found = scan_arrivals(a.bipartite(), a.i64s("arrivals"),
                                   {a.integer<Vertex>("least"), a.real("least_share"), a.real("most_width"),
                                    a.real("alpha"), a.integer<unsigned>("threads")});
  return {column_of<std::uint32_t>(found, [](const ArrivalCluster& c) { return c.right; }),
          column_of<std::int64_t>(found, [](const ArrivalCluster& c) { return c.first; }),
          column_of<std::int64_t>(found, [](const ArrivalCluster& c) { return c.last; }),
          column_of<std::uint32_t>(found, [](const ArrivalCluster& c) { return c.lefts; }),
          column_of<float>(found, [](const ArrivalCluster& c) { return c.surprise; })};
}

Outputs run_corroborate(const Arguments& a) {
  const BipartiteGraph& graph = a.bipartite();
  const std::size_t layers = graph.layer_count();
  check_length("rarity", a.f32s("rarity").size(), graph.right_count());
  check_length("left_scale", a.f32s("left_scale").size(), std::size_t{graph.left_count()} * layers);
  const CompoundPoissonTails tails(a.f64s("intensity"), a.integer<unsigned>("max_sum"));
  const PairNull null{graph, a.f32s("rarity"), a.f32s("left_scale"), layers, &tails, {}};
  const CorroborationOptions options{
      a.text("by") == "other_layers" ? Corroborating::other_layers : Corroborating::everything_else, a.real("most_p"),
      a.real("chance_links"), a.integer<unsigned>("threads")};
  Corroboration found = corroborate(null, options);
  Vouching vouching = vouch(null, found.joined_pairs);
  std::vector<float> trusted = trust(null, found.joined_pairs, a.real("prior_pairs"));
  return {std::move(found.surprise_counts), std::move(found.joined_pairs), std::move(vouching.observed),
          std::move(vouching.fitted), std::move(trusted)};
}

Parameter arrivals() {
  return {"arrivals", ValueType::i64s, "[E] int64, by edge in left order; the least int64: no time"};
}

std::vector<ResultInfo> coaction_results() {
  return {{"u", "[n] uint32"},
          {"v", "[n] uint32, above u"},
          {"window", "[n] int64: the one that surprises most, in the unit of arrivals"},
          {"times", "[n] uint32: how often they met in it"},
          {"surprise", "[n] float32: bits"},
          {"things", "[n] uint32: on how many right vertices"}};
}

// Pairs that share, and how far that vouches for them.
std::vector<Algorithm> agreement_rows() {
  const AgreementOptions agree;
  const CorroborationOptions corroborating;
  return {
      {"agreeing_pairs",
       "agreement.h",
       "Pairs of left vertices whose right vertices of one layer agree beyond chance.",
       {bipartite_parameter(),
        {"layer", ValueType::integer, "its number"},
        {"next", ValueType::integer, "left vertices held against, on each right vertex", std::int64_t{agree.next}},
        {"least_common", ValueType::integer, "right vertices", std::int64_t{agree.least_common}},
        {"least_bits", ValueType::real, "of surprise", agree.least_bits},
        threads_parameter()},
       {{"u", "[n] uint32"}, {"v", "[n] uint32, above u"}, {"weight", "[n] float32: bits"}},
       run_agreeing},
      {"corroborate",
       "corroboration.h",
       "How far sharing one right vertex vouches for a pair: how often such pairs are also joined by the rest.",
       {bipartite_parameter(),
        {"rarity", ValueType::f32s, "[right] float32: whole bins that sharing it adds; 0: takes no part"},
        {"left_scale", ValueType::f32s, "[left * layers] float32"},
        {"intensity", ValueType::f64s, "[bins] float64: chance events expected of a pair of scale 1, by what they add"},
        {"max_sum", ValueType::integer, "bins; more makes no difference", std::int64_t{320}},
        {"by",
         ValueType::text,
         "what may corroborate",
         std::string("everything_else"),
         {"everything_else", "other_layers"}},
        {"most_p", ValueType::real, "of what corroborates", corroborating.most_p},
        {"chance_links", ValueType::real, "false ones per left vertex", corroborating.chance_links},
        {"prior_pairs", ValueType::real, "weight of the class in trust, in pairs", 10.0},
        threads_parameter()},
       {{"surprise_counts", "[n] uint64: pairs by surprise, in eighths of a bit"},
        {"joined_pairs", "[right] uint64"},
        {"observed", "[right] float32: share joined, by class"},
        {"fitted", "[right] float32: the same, not rising with the degree"},
        {"trust", "[right] float32: each drawn towards its class"}},
       run_corroborate},
  };
}

// Pairs that come at the same time.
std::vector<Algorithm> coaction_rows() {
  const CoactionOptions coact;
  const CoactionRule rule;
  return {
      {"coactions",
       "coaction.h",
       "Pairs of left vertices that come to the same things at the same time, oftener than chance would have it.",
       {bipartite_parameter(),
        arrivals(),
        {"windows", ValueType::i64s, "[1 … 8] int64, ascending; none: 10, 60, 600, 3600", no_array<std::int64_t>()},
        {"most_near", ValueType::integer, "an arrival with more others within a window is a crowd",
         std::int64_t{coact.most_near}},
        {"alpha", ValueType::real, "false discovery rate", coact.alpha},
        threads_parameter()},
       coaction_results(),
       run_coactions},
      {"coaction_rule",
       "coaction.h",
       "Every pair that comes to enough things within a window: a rule set by hand, no test.",
       {bipartite_parameter(),
        arrivals(),
        {"window", ValueType::integer, "in the unit of arrivals", rule.window},
        {"least_things", ValueType::integer, "on which the pair met", std::int64_t{rule.least_things}},
        {"least_arrivals", ValueType::integer, "of each of the two", std::int64_t{rule.least_arrivals}},
        {"most_near", ValueType::integer, "as of coactions", std::int64_t{rule.most_near}},
        threads_parameter()},
       coaction_results(),
       run_rule},
  };
}

// Who came all at once.
std::vector<Algorithm> scan_rows() {
  const ArrivalScanOptions scan;
  return {{"arrival_clusters",
           "arrival_scan.h",
           "Right vertices most of whose left vertices came within one short span, which chance does not explain.",
           {bipartite_parameter(),
            {"arrivals", ValueType::i64s, "[left] int64; the least int64: no time"},
            {"least", ValueType::integer, "left vertices", std::int64_t{scan.least}},
            {"least_share", ValueType::real, "of those of the right vertex, above a half", scan.least_share},
            {"most_width", ValueType::real, "of a span, in shares of all arrivals", scan.most_width},
            {"alpha", ValueType::real, "false discovery rate", scan.alpha},
            threads_parameter()},
           {{"right", "[n] uint32"},
            {"first", "[n] int64: begin of the span"},
            {"last", "[n] int64: its end"},
            {"lefts", "[n] uint32: that came in it"},
            {"surprise", "[n] float32: bits"}},
           run_scan}};
}

}  // namespace

std::vector<Algorithm> pair_rows() { return rows_of({agreement_rows(), coaction_rows(), scan_rows()}); }

}  // namespace ringscope::named
