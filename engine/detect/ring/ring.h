// What a detection says: rings, their members and why.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/time.h"
#include "engine/detect/project/run_tests.h"
#include "engine/detect/ring/succession.h"
#include "engine/detect/ring/usage_baseline.h"
#include "storage/rows.h"

namespace ringscope {

// ban: an automated pipeline may act. review: a human should look. watch: structure without misuse.
enum class Tier { watch, review, ban };
const char* to_string(Tier tier);
// Inverse of to_string; nothing for another word.
std::optional<Tier> parse_tier(std::string_view text);

// confirm: coordinated, whatever the engine says. reject: not one operator's. benign: an honest crowd, and what it
// shares proves nothing. needs_more: a human looked and could not tell, so no machine may act. note: said, nothing
// decided.
enum class VerdictWord { confirm, reject, benign, needs_more, note };
const char* to_string(VerdictWord word);  // "needs-more"
std::optional<VerdictWord> parse_verdict_word(std::string_view text);
std::vector<std::string> verdict_words();  // all of them

// A human decision as rings and members bear it.
struct GivenVerdict {
  std::uint64_t number = 0;  // in the log of verdicts
  VerdictWord word{};
  std::string by;
  std::string reason;
  Seconds given = kNoTime;
};

// One step of the probability that traffic extracts a model.
struct ExtractionFeature {
  std::string name;    // of engine/detect/judge/extraction.h
  double value = 0;    // in the feature's unit; 0: nothing known, or nothing to see
  double nats = 0;     // what it adds to the log-odds
  std::string reason;  // what was seen
};

// Whether the traffic of an account or a ring extracts a model: what is done, not who does it. It moves no score and no
// tier.
struct Extraction {
  double probability = 0;
  std::vector<std::string> targets;         // capabilities asked for far beyond the population's share, most first
  std::vector<ExtractionFeature> features;  // in the order of the model
};

// A shared entity that binds members of a ring.
struct Evidence {
  std::string kind;  // "ip", "payment", …
  VertexKey entity;
  std::string value;             // the original value
  std::uint32_t accounts = 0;    // members of the ring that share it
  std::uint32_t population = 0;  // accounts of the whole window that share it
  double bits = 0;               // surprise of one pair of members sharing it, less what a crowd explains
  Seconds first = kNoTime;       // first and last sighting by a member
  Seconds last = kNoTime;
  std::string crowd{};  // what its users outside the ring are ("carrier_nat", …: engine/detect/judge/crowd.h) …
  double crowd_probability = 0;  // … and how probably
  std::uint32_t cleared = 0;     // of the population, those that people had cleared: they lower the bits
};

// What many members have in common without sharing a thing: a network, a card's issuer, a mail domain, a prompt.
struct CommonTrait {
  std::string kind;              // a facet ("ip/net", "payment/issuer", …), "template" or "signup"
  std::string value;             // of a prompt its hash, of a sign-up the beginning of the bucket
  std::uint32_t accounts = 0;    // members that have it
  std::uint32_t population = 0;  // accounts of the whole window that have it
};

// How many touch what an operator's list names.
struct ListedShare {
  std::string list;       // "data_centre", "vpn", "tor", "disposable_mail"
  double share = 0;       // of the members
  double population = 0;  // of all accounts
};

// What the members do together; shares are in [0, 1].
struct Behavior {
  std::uint64_t requests = 0;
  std::uint64_t tokens_in = 0;
  std::uint64_t tokens_out = 0;
  std::vector<std::pair<std::string, double>> capabilities;  // share of requests, descending
  double template_repetition = 0;  // share of templated requests that repeat a template (1 - distinct / requests)
  double synchrony = 0;      // mean similarity of the members' day-by-day activity with that of the rest of the ring
  int active_hours = 0;      // hours of the day (UTC) that hold at least 1% of the requests
  double weekend_share = 0;  // share of requests on Saturday and Sunday (2/7 = no rhythm)
  std::uint32_t active_days = 0;
  double traffic_ratio = 1;  // variance of the members' sum, by the hour, over the sum of variances; 1: independent
  double traffic_p = 1;      // p-value of a ratio so far below 1
  double turns_z = 0;        // below -3: the requests of a day are dealt out more evenly than chance does
  std::vector<ListedShare> listed{};  // by list; empty: there are none
};

struct BenignHypothesis {
  std::string name;        // "office", "campus", "classroom", "family", "pipeline", "carrier_nat", …
  double probability = 0;  // that the ring is only this
  std::string reason;      // one clause: what speaks for it or against it
};

// An indicator of a campaign that members of a ring touch.
struct MatchedIndicator {
  std::string kind;              // "ip", "cidr", "payment", …: docs/attribution.md
  std::string value;             // normalised
  std::uint32_t accounts = 0;    // members of the ring that touch it
  std::uint32_t population = 0;  // accounts of the whole window that do
  double weight = 0;  // how many times oftener than by chance its users are members; at most the kind's bound
  std::vector<std::string> members;  // the first of those members, in the ring's order; at most kIndicatorMembers
};
inline constexpr std::size_t kIndicatorMembers = 100;

// A campaign that known indicators speak for, and what the accounts charged to it do: all of the ring where it is the
// only campaign, else the members whose own indicators tell.
struct CampaignMatch {
  std::string campaign;
  double confidence = 0;                     // posterior probability that it runs the ring or a part of it
  std::vector<MatchedIndicator> indicators;  // heaviest first
  std::uint32_t touched = 0;                 // members that touch an indicator of it
  std::uint32_t accounts = 0;                // members charged to it
  std::uint64_t requests = 0;
  std::uint64_t tokens_in = 0;
  std::uint64_t tokens_out = 0;
  std::vector<std::pair<std::string, double>> capabilities;  // share of those requests, descending, the first few
};

// What the engine said before a human decided otherwise.
struct EngineWord {
  Tier tier = Tier::watch;
  double score = 0;
};

struct Member {
  KeyHash account = 0;
  std::string name;         // the account's original id
  double membership = 0;    // share of its similarity that stays inside the ring, [0, 1]
  double score = 0;         // probability that this account belongs to a coordinated ring
  Tier tier = Tier::watch;  // never above the ring's
  std::vector<std::string> reasons;
  std::string campaign{};                 // of which it touches indicators itself; empty: none, or they do not tell
  std::uint32_t likeness = 0;             // of a pool: independent kinds of things in which it is like the others
  std::optional<double> extraction{};     // probability that its own traffic extracts a model; nothing: no activity
  std::optional<GivenVerdict> verdict{};  // that stands for the account
  std::optional<EngineWord> engine{};     // where the verdict changed tier or score
  std::optional<Replacement> replaces{};  // a banned account whose place it took; nothing: none is known
  bool seeded = false;  // joined for what it shares with confirmed members alone (engine/detect/judge/seeding.h)
};

// Of a run over a base: the ring is as the base has it.
struct KeptRing {
  std::string id;                 // there
  std::uint64_t successions = 0;  // hash of what is said there of bans and of who took whose place
  std::uint32_t number = 0;       // there, in the index for scoring; kNotIndexed: it is not in it
  bool same = false;              // its id, version and parents are those it had there
  bool decided = false;           // verdicts stood there for it or for a member
  bool attributed = false;        // campaigns were listed there
};
inline constexpr std::uint32_t kNotIndexed = UINT32_MAX;

struct Ring {
  std::string id;             // "R-7f3a91c2"; the same over the runs (engine/ledger/reconcile.h)
  std::uint32_t version = 1;  // one more whenever the members or a tier changed
  std::uint64_t run = 0;
  Tier tier = Tier::watch;
  double score = 0;                   // calibrated probability that this is one operator's ring
  std::string campaign;               // the likeliest, when its confidence suffices (docs/attribution.md); else empty
  double confidence = 0;              // in the campaign
  std::string summary;                // two sentences of plain English
  std::vector<Member> members;        // by membership, descending, then by name
  std::vector<Evidence> evidence;     // strongest first, at most DetectOptions::evidence_per_ring
  std::vector<CommonTrait> common{};  // the most telling first
  std::uint64_t evidence_count = 0;   // of all shared entities
  std::vector<std::pair<std::string, double>>
      features;                    // what the score was made of (engine/detect/judge/score_model.h)
  std::vector<std::string> kinds;  // kinds of independent evidence, most covering first
  Behavior behavior;
  std::optional<Extraction> extraction;  // nothing: no activity
  std::vector<BenignHypothesis> benign;
  Seconds first_seen = kNoTime;
  Seconds last_seen = kNoTime;
  std::vector<std::string> parents;  // other rings that it was born of or took a part of, in the order of time
  std::vector<std::string> reasons;
  std::vector<CampaignMatch> campaigns;   // likeliest first, to a percent, then the larger: several on a shared pool
  std::optional<GivenVerdict> verdict{};  // that stands for the ring
  std::optional<EngineWord> engine{};     // where verdicts changed tier or score
  bool carried = false;  // no detection finds it (any more): confirmed accounts that nothing in the window ties
  std::vector<BanWave> ban_waves{};  // of its own members, by time
  std::vector<Handover> succeeds{};  // waves of bans, its own or another ring's, whose load it took over; by time
  std::optional<KeptRing> kept{};    // while a run over a base is made: only what the stages after judging ask of the
                                     // ring and its members is filled in
};

// The order of rings in lists: by tier, score and size, descending, then by id.
bool ranks_before(const Ring& a, const Ring& b);
// How a run came to be: from everything, or from what changed since an earlier one.
struct Renewal {
  std::uint64_t base = 0;         // the full run that it started from; 0: it is one itself
  std::string reason{};           // why it is a full run although there was one to start from; empty: there was none
  std::uint64_t touched = 0;      // accounts with new or expired rows since the base
  std::uint64_t rewired = 0;      // of them those that touch other things
  std::uint64_t retested = 0;     // accounts whose pairs were tested again
  std::uint64_t reclustered = 0;  // accounts that were clustered again
  std::uint64_t rejudged = 0;     // rings that were judged again
  // How far the store has moved from the base, each in units of what is allowed: 1 makes a full run.
  std::vector<std::pair<std::string, double>> drift{};
};

// Summary of one detection.
struct RunSummary {
  std::uint64_t run = 0;
  std::string digest;  // of rings, members, scores and tiers: equal bits, equal digest
  std::uint64_t rings = 0;
  std::uint64_t accounts = 0;  // in rings
  std::uint64_t population_accounts = 0;
  std::uint64_t population_entities = 0;
  std::uint64_t edges = 0;  // account-entity edges in the window
  std::uint64_t links = 0;  // pairs of accounts that chance cannot explain
  DayWindow window;
  UsageBaseline baseline;  // what the traffic was held against
  std::string config_hash;
  Seconds created = 0;  // wall clock; not part of the digest
  double seconds = 0;
  std::uint64_t peak_bytes = 0;
  Renewal renewal;
  RunTests tests;
  PairModel model;  // in the store only, not in what is printed
};

}  // namespace ringscope
