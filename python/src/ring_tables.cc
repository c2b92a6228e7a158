// Tables of a run: rings, members, evidence.
#include <algorithm>

#include "tables.h"

namespace ringscope::python {
namespace {

// A row at a time into columns, each of which is made of a vector or a text column.
struct RingColumns {
  TextColumn ring, tier, campaign, summary, verdict;
  TextListColumn kinds, reasons, parents;
  std::vector<std::uint32_t> version, active_days;
  std::vector<std::uint64_t> size, requests, tokens_in, tokens_out, evidence;
  std::vector<double> score, confidence, template_repetition, synchrony, benign;
  std::vector<std::int32_t> active_hours;
  std::vector<std::optional<double>> extraction;
  std::vector<Seconds> first_seen, last_seen;

  void add(const Ring& one) {
    ring.add(one.id);
    version.push_back(one.version);
    tier.add(to_string(one.tier));
    score.push_back(one.score);
    size.push_back(one.members.size());
    campaign.add(one.campaign);
    confidence.push_back(one.confidence);
    kinds.add(one.kinds);
    evidence.push_back(one.evidence_count);
    first_seen.push_back(one.first_seen);
    last_seen.push_back(one.last_seen);
    summary.add(one.summary);
    reasons.add(one.reasons);
    parents.add(one.parents);
    verdict.add(one.verdict ? to_string(one.verdict->word) : "");
    add_behavior(one);
  }

  void add_behavior(const Ring& one) {
    const Behavior& behavior = one.behavior;
    requests.push_back(behavior.requests);
    tokens_in.push_back(behavior.tokens_in);
    tokens_out.push_back(behavior.tokens_out);
    template_repetition.push_back(behavior.template_repetition);
    synchrony.push_back(behavior.synchrony);
    active_hours.push_back(behavior.active_hours);
    active_days.push_back(behavior.active_days);
    double most = 0;
    for (const BenignHypothesis& hypothesis : one.benign) most = std::max(most, hypothesis.probability);
    benign.push_back(most);
    extraction.push_back(one.extraction ? std::optional(one.extraction->probability) : std::nullopt);
  }
};

struct MemberColumns {
  TextColumn ring, account, tier, campaign, verdict;
  TextListColumn reasons;
  std::vector<std::uint64_t> key;
  std::vector<double> membership, score;
  std::vector<std::uint32_t> likeness;
  std::vector<std::optional<double>> extraction;

  void add(const Ring& of, const Member& one) {
    ring.add(of.id);
    account.add(one.name);
    key.push_back(one.account);
    membership.push_back(one.membership);
    score.push_back(one.score);
    tier.add(to_string(one.tier));
    campaign.add(one.campaign);
    likeness.push_back(one.likeness);
    extraction.push_back(one.extraction);
    verdict.add(one.verdict ? to_string(one.verdict->word) : "");
    reasons.add(one.reasons);
  }
};

struct EvidenceColumns {
  TextColumn ring, kind, value, crowd;
  std::vector<std::uint32_t> accounts, population;
  std::vector<double> bits, crowd_probability;
  std::vector<Seconds> first, last;

  void add(const Ring& of, const Evidence& one) {
    ring.add(of.id);
    kind.add(one.kind);
    value.add(one.value);
    accounts.push_back(one.accounts);
    population.push_back(one.population);
    bits.push_back(one.bits);
    first.push_back(one.first);
    last.push_back(one.last);
    crowd.add(one.crowd);
    crowd_probability.push_back(one.crowd_probability);
  }
};

}  // namespace

Table rings_table(const RingSource& rings) {
  RingColumns c;
  rings([&](const Ring& ring) { c.add(ring); });
  std::vector<Column> columns;
  columns.push_back(std::move(c.ring).finish("ring"));
  columns.push_back(numbers("version", std::move(c.version)));
  columns.push_back(std::move(c.tier).finish("tier"));
  columns.push_back(numbers("score", std::move(c.score)));
  columns.push_back(numbers("size", std::move(c.size)));
  columns.push_back(std::move(c.campaign).finish("campaign"));
  columns.push_back(numbers("confidence", std::move(c.confidence)));
  columns.push_back(std::move(c.kinds).finish("kinds"));
  columns.push_back(numbers("evidence", std::move(c.evidence)));
  columns.push_back(numbers("requests", std::move(c.requests)));
  columns.push_back(numbers("tokens_in", std::move(c.tokens_in)));
  columns.push_back(numbers("tokens_out", std::move(c.tokens_out)));
  columns.push_back(numbers("template_repetition", std::move(c.template_repetition)));
  columns.push_back(numbers("synchrony", std::move(c.synchrony)));
  columns.push_back(numbers("active_hours", std::move(c.active_hours)));
  columns.push_back(numbers("active_days", std::move(c.active_days)));
  columns.push_back(numbers("benign", std::move(c.benign)));
  columns.push_back(optional_numbers("extraction", c.extraction));
  columns.push_back(times("first_seen", std::move(c.first_seen)));
  columns.push_back(times("last_seen", std::move(c.last_seen)));
  columns.push_back(std::move(c.verdict).finish("verdict"));
  columns.push_back(std::move(c.parents).finish("parents"));
  columns.push_back(std::move(c.reasons).finish("reasons"));
  columns.push_back(std::move(c.summary).finish("summary"));
  return table_of(std::move(columns));
}

Table members_table(const RingSource& rings) {
  MemberColumns c;
  rings([&](const Ring& ring) {
    for (const Member& member : ring.members) c.add(ring, member);
  });
  std::vector<Column> columns;
  columns.push_back(std::move(c.ring).finish("ring"));
  columns.push_back(std::move(c.account).finish("account"));
  columns.push_back(numbers("key", std::move(c.key)));
  columns.push_back(numbers("membership", std::move(c.membership)));
  columns.push_back(numbers("score", std::move(c.score)));
  columns.push_back(std::move(c.tier).finish("tier"));
  columns.push_back(std::move(c.campaign).finish("campaign"));
  columns.push_back(numbers("likeness", std::move(c.likeness)));
  columns.push_back(optional_numbers("extraction", c.extraction));
  columns.push_back(std::move(c.verdict).finish("verdict"));
  columns.push_back(std::move(c.reasons).finish("reasons"));
  return table_of(std::move(columns));
}

Table evidence_table(const RingSource& rings) {
  EvidenceColumns c;
  rings([&](const Ring& ring) {
    for (const Evidence& evidence : ring.evidence) c.add(ring, evidence);
  });
  std::vector<Column> columns;
  columns.push_back(std::move(c.ring).finish("ring"));
  columns.push_back(std::move(c.kind).finish("kind"));
  columns.push_back(std::move(c.value).finish("value"));
  columns.push_back(numbers("accounts", std::move(c.accounts)));
  columns.push_back(numbers("population", std::move(c.population)));
  columns.push_back(numbers("bits", std::move(c.bits)));
  columns.push_back(times("first", std::move(c.first)));
  columns.push_back(times("last", std::move(c.last)));
  columns.push_back(std::move(c.crowd).finish("crowd"));
  columns.push_back(numbers("crowd_probability", std::move(c.crowd_probability)));
  return table_of(std::move(columns));
}

}  // namespace ringscope::python
