#include "engine/config_keys.h"

#include <array>

#include <fmt/format.h>

namespace ringscope::settings {
namespace {

// clang-format off
const auto kKeys = std::to_array<Key>({
    {"", "threads", "Threads to use; 0: as many as the machine has", Effect::speed, {0, 4096},
     +[](Config& c) -> std::uint32_t& { return c.threads; }},
    {"", "memory", "Bound for every stage, as \"512M\", \"8GiB\" or a number of bytes", Effect::speed, {double{kLeastMemory}, 1e15},
     Bytes{+[](Config& c) -> std::size_t& { return c.memory_bytes; }}},
    {"facets", "on", "What is derived from things, each a layer of likeness with its own frequencies", Effect::result, {},
     FacetNames{+[](Config& c) -> std::vector<std::string>& { return c.facets.on; }}},
    {"facets", "v4_prefix", "Bits of the network of an IPv4 address, for ip/net", Effect::result, {1, 32},
     +[](Config& c) -> std::uint32_t& { return c.facets.v4_prefix; }},
    {"facets", "v6_prefix", "Bits of the network of an IPv6 address, for ip/net", Effect::result, {1, 128},
     +[](Config& c) -> std::uint32_t& { return c.facets.v6_prefix; }},
    {"facets", "v6_subnet", "Bits of the smaller network of an IPv6 address, for ip/subnet", Effect::result, {1, 128},
     +[](Config& c) -> std::uint32_t& { return c.facets.v6_subnet; }},
    {"facets", "issuer_digits", "Digits of the issuer number of a card, for payment/issuer", Effect::result, {6, 8},
     +[](Config& c) -> std::uint32_t& { return c.facets.issuer_digits; }},
    {"facets", "signup_hours", "Hours of a time bucket of sign-ups", Effect::result, {1, 8784},
     +[](Config& c) -> std::uint32_t& { return c.facets.signup_hours; }},
    {"facets", "data_centres", "Files of addresses of data centres, one address, network or AS number a line, or MaxMind DBs", Effect::result, {},
     Texts{+[](Config& c) -> std::vector<std::string>& { return c.facets.data_centres; }}},
    {"facets", "vpn_exits", "Files of addresses of VPNs and proxies, in the same form", Effect::result, {},
     Texts{+[](Config& c) -> std::vector<std::string>& { return c.facets.vpn_exits; }}},
    {"facets", "tor_exits", "Files of addresses of Tor exits, in the same form", Effect::result, {},
     Texts{+[](Config& c) -> std::vector<std::string>& { return c.facets.tor_exits; }}},
    {"facets", "disposable_mail", "Files of domains of disposable mail, one a line", Effect::result, {},
     Texts{+[](Config& c) -> std::vector<std::string>& { return c.facets.disposable_mail; }}},
    {"detect", "window_days", "Days up to as_of that are looked at; 0: everything", Effect::result, {0, 36500},
     +[](Config& c) -> int& { return c.detect.window_days; }},
    {"detect", "as_of", "Last day of the window, as \"2026-01-31\" or a time; empty: the last day with data", Effect::result, {},
     Moment{+[](Config& c) -> std::string& { return c.detect.as_of; }}},
    {"detect", "hub_accounts", "An entity of more accounts is a hub: counted, but never evidence", Effect::result, {2, 1e9},
     +[](Config& c) -> std::uint32_t& { return c.detect.hub_accounts; }},
    {"detect", "hub_list", "File of known hubs, VALUE or KIND,VALUE a line: as if of more accounts; empty: none", Effect::result, {},
     +[](Config& c) -> std::string& { return c.detect.hub_list; }},
    {"detect", "asn_table", "File of networks and their autonomous systems, NETWORK,ASN a line or a MaxMind DB, for indicators and facets; empty: none", Effect::result, {},
     +[](Config& c) -> std::string& { return c.detect.asn_table; }},
    {"detect", "alpha", "False discovery rate of the pair test, over all possible pairs", Effect::result, {1e-12, 0.5},
     +[](Config& c) -> double& { return c.detect.alpha; }},
    {"detect", "tests", "Tests that are made; one left out finds nothing, the others go on without it", Effect::result, {},
     Switches{+[](Config& c) -> DetectTests& { return c.detect.tests; }}},
    {"detect", "coaction_windows", "Seconds within which accounts that come to one thing act together, ascending, at most eight; []: not tested", Effect::result, {0, 86400 * 365},
     Spans{+[](Config& c) -> std::vector<std::int64_t>& { return c.detect.coaction_windows; }}},
    {"detect", "coaction_window", "Seconds of a rule that links pairs without a test; 0: no rule", Effect::result, {0, 86400 * 365},
     +[](Config& c) -> std::uint32_t& { return c.detect.coaction_window; }},
    {"detect", "coaction_kind", "Kind of things the rule looks at; empty: every kind", Effect::result, {},
     +[](Config& c) -> std::string& { return c.detect.coaction_kind; }},
    {"detect", "coaction_things", "Things that a pair must come to within the rule's window", Effect::result, {1, 1e6},
     +[](Config& c) -> std::uint32_t& { return c.detect.coaction_things; }},
    {"detect", "coaction_actions", "Things that each account of the pair must have come to at all", Effect::result, {1, 1e6},
     +[](Config& c) -> std::uint32_t& { return c.detect.coaction_actions; }},
    {"detect", "resolution", "Bits that two accounts of a ring share in the mean, before pieces are merged: higher gives smaller rings", Effect::result, {1e-6, 1e6},
     +[](Config& c) -> double& { return c.detect.resolution; }},
    {"detect", "min_ring", "Smaller groups of accounts are not reported", Effect::result, {2, 1e9},
     +[](Config& c) -> std::uint32_t& { return c.detect.min_ring; }},
    {"detect", "evidence_per_ring", "Shared entities listed with a ring, the strongest first", Effect::result, {1, 1e6},
     +[](Config& c) -> std::uint32_t& { return c.detect.evidence_per_ring; }},
    {"detect", "seed", "Of whatever is drawn at random", Effect::result, {},
     +[](Config& c) -> std::uint64_t& { return c.detect.seed; }},
    {"verdicts", "two_persons_above", "Accounts of a ring above which a verdict on it waits for a second person who says the same", Effect::speed, {0, 4294967295.0},
     +[](Config& c) -> std::uint32_t& { return c.verdicts.two_persons_above; }},
    {"verdicts", "clearing", "\"on\": a thing counts less by the share of its accounts that people cleared; or \"off\"", Effect::result, {},
     Choice{+[](Config& c) -> std::string& { return c.verdicts.clearing; }, "on", "off"}},
    {"verdicts", "seed_odds", "Least odds that an account which touches a confirmed ring is of it, to join it at review; 0: none joins so", Effect::result, {0, 1e9},
     +[](Config& c) -> double& { return c.verdicts.seed_odds; }},
    {"guards", "mode", "\"live\", or \"shadow\": releases are counted and told to nobody", Effect::speed, {},
     Choice{+[](Config& c) -> std::string& { return c.guards.mode; }, "live", "shadow"}},
    {"guards", "rollout", "Share of accounts that machines may act on, always the same ones: 0.01, 0.1, 1", Effect::speed, {0, 1},
     +[](Config& c) -> double& { return c.guards.rollout; }},
    {"guards", "most_accounts", "Accounts that one release may newly ban", Effect::speed, {0, 4294967295.0},
     +[](Config& c) -> std::uint32_t& { return c.guards.most_accounts; }},
    {"guards", "most_share", "Share of the accounts that the run looked at which one release may newly ban", Effect::speed, {0, 1},
     +[](Config& c) -> double& { return c.guards.most_share; }},
    {"guards", "most_multiple", "How many times the median of the last 30 releases one may newly ban; 0: no such cap", Effect::speed, {0, 1e9},
     +[](Config& c) -> double& { return c.guards.most_multiple; }},
    {"guards", "daily_multiple", "How many times what one release may newly ban all of 24 hours may, if there are several; 0: no such cap", Effect::speed, {0, 1000},
     +[](Config& c) -> std::uint32_t& { return c.guards.daily_multiple; }},
    {"guards", "least_releases", "Releases before which the median says nothing", Effect::speed, {1, 30},
     +[](Config& c) -> std::uint32_t& { return c.guards.least_releases; }},
    {"guards", "persons", "Persons who must say the same before anything is released: 1 or 2", Effect::speed, {1, 2},
     +[](Config& c) -> std::uint32_t& { return c.guards.persons; }},
    {"guards", "proposal_hours", "Hours after which the first person's word has lapsed", Effect::speed, {1, 8784},
     +[](Config& c) -> std::uint32_t& { return c.guards.proposal_hours; }},
    {"guards", "sharing", "\"on\": 'export --level indicators' may write what rings share, for others; or \"off\"", Effect::speed, {},
     Choice{+[](Config& c) -> std::string& { return c.guards.sharing; }, "off", "on"}},
});
// clang-format on

constexpr std::array<Switch, 8> kTests = {{
    {"pairs", &DetectTests::pairs},
    {"vouching", &DetectTests::vouching},
    {"enrichment", &DetectTests::enrichment},
    {"coaction", &DetectTests::coaction},
    {"glue", &DetectTests::glue},
    {"pools", &DetectTests::pools},
    {"dispatch", &DetectTests::dispatch},
    {"arrivals", &DetectTests::arrivals},
}};

}  // namespace

std::span<const Key> keys() { return kKeys; }

std::string full_name(const Key& key) {
  return key.section.empty() ? std::string(key.name) : fmt::format("{}.{}", key.section, key.name);
}

std::span<const Switch> test_switches() { return kTests; }

}  // namespace ringscope::settings
