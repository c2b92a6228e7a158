#include "engine/ask/score/score.h"

#include <algorithm>
#include <cmath>
#include <list>
#include <optional>
#include <set>

#include "absl/container/flat_hash_map.h"
#include <fmt/format.h>

#include "engine/ask/score/score_reason.h"
#include "engine/ask/score/score_seed.h"
#include "engine/detect/project/likeness_plan.h"
#include "engine/detect/ring/overrule.h"
#include "engine/detect/ring/ring_json.h"
#include "engine/load/facets.h"

namespace ringscope {
namespace {

constexpr double kMostExponent = 300;     // of a likelihood: beyond it nothing changes
constexpr double kLeastOdds = 8;          // that an account is a member: as for the members of pools
constexpr double kDeviations = 1.645;     // one-sided 95%
constexpr double kTheirs = 0.5;           // surely this share of a value's users are of the ring: it is exact evidence
constexpr float kLeastReason = 1;         // bits
constexpr std::size_t kStateBytes = 512;  // of an account beside its evidence: table, list, strings

// What the run said of a member.
struct Membership {
  std::string ring;
  Member member;
};

struct Account {
  KeyHash key = 0;
  bool known = false;
  std::uint64_t lines = 0;
  std::uint64_t generation = 0;  // of the index its evidence is from
  std::size_t bytes = 0;
  std::optional<Membership> membership;
  std::optional<std::uint32_t> own_ring;  // the index's number of the ring that it is a member of, once found
  AccountEvidence evidence;
};

// Wilson's lower bound of the share of a value's users that are of the ring.
double surely_theirs(double members, double accounts) {
  const double z2 = kDeviations * kDeviations, share = std::min(1.0, members / accounts);
  const double middle = share + z2 / (2 * accounts);
  const double spread = kDeviations * std::sqrt(share * (1 - share) / accounts + z2 / (4 * accounts * accounts));
  return (middle - spread) / (1 + z2 / accounts);
}

}  // namespace

struct Scorer::Impl {
  std::shared_ptr<RingIndex> index, old_index;
  const OperatorLists& lists;
  ScorerOptions options;
  std::uint64_t generation = 1;
  mutable std::optional<std::set<std::string>> confirmed_rings;  // now; nothing: nobody asked yet

  // What a value of a kind brings: its own layer and the facets derived from it.
  struct Derived {
    std::size_t layer = 0;
    Facet facet;
  };
  std::vector<Derived> facets;
  std::optional<std::size_t> templates, capabilities, hours, signups;
  Seconds signup_seconds = 0;

  std::list<Account> accounts;  // the last seen first
  absl::flat_hash_map<KeyHash, std::list<Account>::iterator> by_key;
  std::size_t bytes = 0;
  std::uint64_t forgotten = 0;

  Impl(std::shared_ptr<RingIndex> first, const OperatorLists& operator_lists, const ScorerOptions& scorer_options)
      : lists(operator_lists), options(scorer_options) {
    read_layers(std::move(first));
  }

  void read_layers(std::shared_ptr<RingIndex> next) {
    old_index = std::exchange(index, std::move(next));
    facets.clear();
    for (Facet& facet : make_facets(index->head().facets, lists, &index->store())) {
      if (const auto layer = index->layer_of(facet.kind.name)) facets.push_back({*layer, std::move(facet)});
    }
    templates = index->layer_of(kPrompts);
    capabilities = index->layer_of("capability");
    hours = index->layer_of("hour");
    signups = index->layer_of("signup");
    signup_seconds = signup_bucket(index->head().facets);
    confirmed_rings.reset();
  }

  Account& account_of(std::string_view name) {
    const KeyHash key = hash_value(name);
    if (const auto at = by_key.find(key); at != by_key.end()) {
      accounts.splice(accounts.begin(), accounts, at->second);
      catch_up(accounts.front(), name);
      return accounts.front();
    }
    accounts.emplace_front().key = key;
    by_key[key] = accounts.begin();
    ask_store(accounts.front(), name);
    return accounts.front();
  }

  void catch_up(Account& account, std::string_view name) {
    if (account.generation == generation) return;
    // Between two runs an account may have been left out: its evidence is then of an index that is gone.
    if (account.generation + 1 == generation && old_index) {
      account.evidence.move_to(*old_index, *index);
    } else {
      account.evidence = {};
    }
    ask_store(account, name);
  }

  void ask_store(Account& account, std::string_view name) {
    const Store& store = index->store();
    account.generation = generation;
    account.known = store.name_of({kAccountKind, account.key}) == name;
    account.membership.reset();
    account.own_ring.reset();
    const auto stored = account.known ? store.find_member(index->run(), account.key) : std::nullopt;
    if (stored) account.membership = {stored->ring, member_from_json(stored->payload)};
  }

  void learn(const CleanEvent& event, Account& account) {
    ++account.lines;
    AccountEvidence& evidence = account.evidence;
    for (std::size_t i = 0; i < event.entity_count; ++i) {
      const EntityValue& entity = event.entities[i];
      const auto layer = index->layer_of(entity.kind);
      if (layer) evidence.touch(*index, *layer, hash_value(entity.value), entity.value);
      for (const Derived& derived : facets) {
        if (derived.facet.kind.source != entity.kind) continue;
        if (const auto value = derived.facet.derive(entity.text()))
          evidence.touch(*index, derived.layer, hash_value(*value), *value);
      }
    }
    if (templates && event.template_hash) {
      const KeyHash prompt = index->leader_of(*event.template_hash);
      evidence.touch(*index, *templates, prompt, fmt::format("{:016x}", prompt));
    }
    learn_signup(event.created, evidence);
    if (capabilities && !event.capability.empty())
      evidence.count(*capabilities, hash_value(event.capability), event.count);
    if (hours && event.request && event.ts != kNoTime)
      evidence.count(*hours, static_cast<std::uint64_t>((event.ts - start_of_day(day_of(event.ts))) / 3600),
                     event.count);
  }

  // A time that no member signed up at says nothing: a new account's is new by itself.
  void learn_signup(Seconds created, AccountEvidence& evidence) {
    if (!signups || signup_seconds == 0 || created == kNoTime) return;
    const std::uint64_t bucket = signup_bucket_of(created, signup_seconds);
    if (index->find(*signups, bucket) != nullptr)
      evidence.touch(*index, *signups, bucket, format_time(static_cast<Seconds>(bucket) * signup_seconds));
  }

  void trim(Account& account) {
    const std::size_t now = kStateBytes + account.evidence.bytes();
    bytes += now - account.bytes;
    account.bytes = now;
    while (bytes > options.memory_bytes && accounts.size() > 1) {
      bytes -= accounts.back().bytes;
      by_key.erase(accounts.back().key);
      accounts.pop_back();
      ++forgotten;
    }
  }

  void judge(Account& account, ScoreAnswer& answer) const;
  void judge_member(Account& account, ScoreAnswer& answer) const;
  bool is_still_confirmed(const std::string& ring) const;
  const RingMatch* draw_in(const Account& account, const std::vector<RingMatch>& matches, const RingMatch* best,
                           ScoreAnswer& answer) const;
  void answer_as_member(const Account& account, ScoreAnswer& answer) const;
  void overrule(const Account& account, ScoreAnswer& answer) const;
  Tier tier_of(const Account& account, const RingMatch& match, double odds, double probability) const;
  bool has_exact_evidence(const Account& account, const RingMatch& match) const;
  void add_reasons(const Account& account, const RingMatch& match, ScoreAnswer& answer) const;
  std::string reason_of(const Account& account, std::uint32_t ring, std::size_t kind, float bits) const;
};

bool Scorer::Impl::has_exact_evidence(const Account& account, const RingMatch& match) const {
  const IndexHead& head = index->head();
  std::vector<char> exact(head.kinds.size(), 0);
  for (const NamedValue& named : account.evidence.named()) {
    const IndexKind& kind = head.kinds[head.layers[named.layer].kind];
    const HeldValue* const value = kind.habit ? nullptr : index->find(named.layer, named.value);
    if (value == nullptr) continue;
    const auto posting = value->posting_of(match.ring);
    if (posting && surely_theirs(value->postings[*posting].members, value->accounts) >= kTheirs)
      exact[head.layers[named.layer].kind] = 1;
  }
  int kinds = 0, tangible = 0;
  for (std::size_t f = 0; f < exact.size(); ++f) {
    kinds += exact[f];
    tangible += exact[f] != 0 && head.kinds[f].tangible ? 1 : 0;
  }
  return kinds >= 2 && tangible >= 1;
}

Tier Scorer::Impl::tier_of(const Account& account, const RingMatch& match, double odds, double probability) const {
  const Tier ring = index->head().rings[match.ring].tier;
  if (match.kinds < 2 || match.tangible < 1 || odds < kLeastOdds || probability < options.review_probability)
    return Tier::watch;
  const bool ban = ring == Tier::ban && probability >= options.ban_probability && has_exact_evidence(account, match);
  return std::min(ring, ban ? Tier::ban : Tier::review);
}

std::string Scorer::Impl::reason_of(const Account& account, std::uint32_t ring, std::size_t kind, float bits) const {
  const IndexHead& head = index->head();
  const NamedValue* best = nullptr;
  Posting best_posting;
  std::uint32_t best_accounts = 0, best_cleared = 0;
  float best_bits = 0;
  std::size_t values = 0;
  for (const NamedValue& named : account.evidence.named()) {
    if (head.layers[named.layer].kind != kind) continue;
    const HeldValue* const value = index->find(named.layer, named.value);
    if (value == nullptr) continue;
    const auto posting = value->posting_of(ring);
    if (!posting) continue;
    const float of_value = value->bits[*posting];
    const Posting& theirs = value->postings[*posting];
    ++values;
    if (best != nullptr && std::pair(of_value, theirs.members) <= std::pair(best_bits, best_posting.members)) continue;
    best = &named;
    best_posting = theirs;
    best_accounts = value->accounts;
    best_cleared = value->cleared;
    best_bits = of_value;
  }
  if (best == nullptr) return fmt::format("{}: like the ring's accounts ({:+.1f} bits)", head.kinds[kind].name, bits);
  return value_reason({.layer = head.layers[best->layer].name,
                       .text = best->text,
                       .members = best_posting.members,
                       .accounts = best_accounts,
                       .cleared = best_cleared,
                       .more = values - 1,
                       .bits = bits});
}

void Scorer::Impl::add_reasons(const Account& account, const RingMatch& match, ScoreAnswer& answer) const {
  const IndexHead& head = index->head();
  const std::vector<float> by_kind = account.evidence.bits_by_kind(*index, match.ring);
  std::vector<std::size_t> order;
  for (std::size_t f = 0; f < head.kinds.size(); ++f) {
    if (by_kind[f] >= kLeastReason) order.push_back(f);
  }
  std::stable_sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) { return by_kind[a] > by_kind[b]; });
  for (const std::size_t kind : order) {
    if (!head.kinds[kind].habit) answer.kinds.push_back(head.kinds[kind].name);
    answer.reasons.push_back(reason_of(account, match.ring, kind, by_kind[kind]));
  }
}

// Whether it has confirmed members: the run is only asked where something was said since.
bool Scorer::Impl::is_still_confirmed(const std::string& ring) const {
  const Decisions& decisions = index->decisions();
  if (index->taught() != nullptr && decisions.verdicts().size() == index->taught()->verdicts) return true;
  if (!confirmed_rings) {
    confirmed_rings.emplace();
    for (const auto& [account, verdict] : decisions.confirmed()) {
      if (auto place = index->store().find_place(index->run(), account)) confirmed_rings->insert(std::move(*place));
    }
  }
  return confirmed_rings->contains(ring);
}

// Who touches a confirmed ring is to be reviewed, unless another ring has him already. Gives the match to tell of.
const RingMatch* Scorer::Impl::draw_in(const Account& account, const std::vector<RingMatch>& matches,
                                       const RingMatch* best, ScoreAnswer& answer) const {
  const std::optional<SeedMatch> match = seed_of(account.evidence, *index);
  if (!match) return best;
  const std::string& id = index->ring_id(match->ring);
  if (answer.ring != id && answer.tier.value_or(Tier::watch) >= Tier::review) return best;
  if (!is_still_confirmed(id)) return best;
  answer.ring = id;
  answer.ring_tier = index->head().rings[match->ring].tier;
  answer.seeded = answer.tier.value_or(Tier::watch) < Tier::review;
  answer.tier = std::max(answer.tier.value_or(Tier::watch), Tier::review);
  answer.probability = std::max(answer.probability, score_of(match->seed));
  answer.reasons.push_back(seed_reason(match->seed, index->head().layers[match->thing.layer].name, match->thing.text));
  const auto own = std::ranges::find(matches, match->ring, &RingMatch::ring);
  return own == matches.end() ? nullptr : &*own;
}

void Scorer::Impl::answer_as_member(const Account& account, ScoreAnswer& answer) const {
  const Membership& membership = *account.membership;
  const Member& said = membership.member;
  // What it touched is confirmed no more.
  const bool stands = !said.seeded || is_still_confirmed(membership.ring);
  answer.ring = membership.ring;
  answer.ring_tier = said.tier;
  answer.member = true;
  answer.seeded = said.seeded;
  answer.probability = stands ? said.score : 0;
  answer.tier = stands ? said.tier : Tier::watch;
  answer.reasons.push_back(fmt::format("a member of the ring by run {}", index->run()));
  answer.reasons.insert(answer.reasons.end(), said.reasons.begin(), said.reasons.end());
}

// Other rings are nothing to a member, so only its own is held against it.
void Scorer::Impl::judge_member(Account& account, ScoreAnswer& answer) const {
  answer_as_member(account, answer);
  if (!account.own_ring) {
    for (const std::uint32_t ring : account.evidence.candidates(*index)) {
      if (index->ring_id(ring) != account.membership->ring) continue;
      account.own_ring = ring;
      break;
    }
  }
  if (!account.own_ring) return;
  const std::optional<RingMatch> own = account.evidence.match_of(*index, *account.own_ring);
  if (!own) return;
  answer.bits = own->bits;
  add_reasons(account, *own, answer);
}

void Scorer::Impl::judge(Account& account, ScoreAnswer& answer) const {
  if (account.membership) return judge_member(account, answer);
  const IndexHead& head = index->head();
  const std::vector<RingMatch> matches = account.evidence.matches(*index);
  std::vector<double> odds;
  double all = 1;
  for (const RingMatch& match : matches) {
    const double prior =
        std::log2(static_cast<double>(head.rings[match.ring].size) / static_cast<double>(head.accounts));
    odds.push_back(std::exp2(std::min(kMostExponent, match.bits + prior)));
    all += odds.back();
  }
  const RingMatch* best = nullptr;
  double best_odds = 0, probability = 0;
  for (std::size_t i = 0; i < matches.size(); ++i) {
    probability += odds[i] / all * static_cast<double>(head.rings[matches[i].ring].score);
    if (odds[i] <= best_odds) continue;
    best = &matches[i];
    best_odds = odds[i];
  }
  if (best != nullptr) {
    answer.ring = index->ring_id(best->ring);
    answer.ring_tier = head.rings[best->ring].tier;
    answer.probability = probability;
    answer.tier = tier_of(account, *best, best_odds, probability);
  }
  best = draw_in(account, matches, best, answer);
  if (best == nullptr) return;
  answer.bits = best->bits;
  add_reasons(account, *best, answer);
}

// By what people decided about the account; a ring that they cleared or left open speaks for no newcomer.
void Scorer::Impl::overrule(const Account& account, ScoreAnswer& answer) const {
  const Decisions& decisions = index->decisions();
  const Verdict* verdict = decisions.of_account(account.key);
  if (verdict == nullptr) {
    verdict = decisions.of_ring(answer.ring);
    if (verdict == nullptr || verdict->word == VerdictWord::confirm) return;
  }
  const EngineWord word = decided(*verdict, {answer.tier.value_or(Tier::watch), answer.probability});
  if (answer.ring.empty()) answer.ring = verdict->ring;
  answer.tier = word.tier;
  answer.probability = word.score;
  answer.reasons.insert(answer.reasons.begin(), decision_text(given(*verdict)));
}

Scorer::Scorer(std::shared_ptr<RingIndex> index, const OperatorLists& lists, const ScorerOptions& options)
    : impl_(std::make_unique<Impl>(std::move(index), lists, options)) {}
Scorer::~Scorer() = default;

void Scorer::use(std::shared_ptr<RingIndex> index) {
  ++impl_->generation;
  impl_->read_layers(std::move(index));
}

std::shared_ptr<const RingIndex> Scorer::index() const { return impl_->index; }
std::uint64_t Scorer::run() const { return impl_->index->run(); }
std::uint64_t Scorer::forgotten() const { return impl_->forgotten; }

ScoreAnswer Scorer::answer(const CleanEvent& event) {
  Account& account = impl_->account_of(event.account);
  impl_->learn(event, account);
  ScoreAnswer answer;
  answer.account = event.account;
  answer.known = account.known;
  answer.run = impl_->index->run();
  answer.lines = account.lines;
  impl_->judge(account, answer);
  impl_->overrule(account, answer);
  impl_->trim(account);
  return answer;
}

}  // namespace ringscope
