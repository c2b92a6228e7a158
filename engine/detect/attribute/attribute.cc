#include "engine/detect/attribute/attribute.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <map>
#include <optional>
#include <tuple>

#include <fmt/format.h>

#include "engine/detect/attribute/attribution_odds.h"
#include "engine/detect/attribute/indicator_kinds.h"
#include "engine/detect/attribute/indicator_users.h"
#include "engine/detect/judge/profile.h"

namespace ringscope {
namespace {

constexpr std::uint32_t kNoRing = UINT32_MAX;
constexpr std::size_t kCapabilitiesKept = 5;
constexpr std::size_t kIndicatorsInReason = 3;
constexpr const char* kTouches = "touches ";
constexpr const char* kOfCampaign = " of campaign ";
constexpr double kHoursMiss = 0.5;   // factor of a ring that keeps other hours than the campaign's
constexpr double kTellsApart = 2.0;  // a member's own hits must speak this many times louder for one campaign

// Accounts that are expected to be in a ring that is one.
double mass_of(const Ring& ring) {
  constexpr double kLeastScore = 0.001;
  return static_cast<double>(ring.members.size()) * std::max(kLeastScore, ring.score);
}

struct Campaign {
  std::string name;
  std::vector<std::size_t> indicators;  // numbers of names that accounts can touch
  std::vector<HourRange> hours;
};

// What the store's indicators name, each once whoever lists it.
struct Known {
  std::vector<Campaign> campaigns;  // ascending by name
  std::vector<IndicatorName> names;
  std::vector<std::uint32_t> kinds;      // by name: a number of its kind
  std::vector<std::uint32_t> listed_by;  // by name: campaigns
};

Known read_known(const Store& store, const AttributeOptions& options) {
  Known known;
  std::map<std::pair<std::string, std::string>, std::size_t> numbers;
  std::map<std::string, std::uint32_t> kinds;
  const bool has_systems = options.systems != nullptr && !options.systems->empty();
  for (StoredIndicator& one : store.indicators()) {
    if (known.campaigns.empty() || known.campaigns.back().name != one.campaign)
      known.campaigns.push_back({one.campaign, {}, {}});
    Campaign& campaign = known.campaigns.back();
    const IndicatorMatch match = indicator_kind(one.kind).match;
    if (const auto hours = hours_of_indicator(one.kind, one.value)) campaign.hours.push_back(*hours);
    if (match == IndicatorMatch::hours || (match == IndicatorMatch::system && !has_systems)) continue;
    const auto [at, is_new] = numbers.emplace(std::pair(one.kind, one.value), known.names.size());
    if (is_new) {
      known.kinds.push_back(kinds.emplace(one.kind, static_cast<std::uint32_t>(kinds.size())).first->second);
      known.names.push_back({std::move(one.kind), std::move(one.value)});
      known.listed_by.push_back(0);
    }
    ++known.listed_by[at->second];
    campaign.indicators.push_back(at->second);
  }
  std::erase_if(known.campaigns, [](const Campaign& campaign) { return campaign.indicators.empty(); });
  return known;
}

// Who is in which ring.
struct Places {
  std::vector<std::uint32_t> ring_of;    // by vertex
  std::vector<std::uint32_t> member_of;  // by vertex: position in its ring
  std::vector<char> in_ring;
  std::vector<Vertex> members;  // of all rings, ascending
};

Places places_of(const Snapshot& snapshot, const std::vector<Ring>& rings) {
  Places places{std::vector<std::uint32_t>(snapshot.accounts.size(), kNoRing),
                std::vector<std::uint32_t>(snapshot.accounts.size(), 0),
                std::vector<char>(snapshot.accounts.size(), 0),
                {}};
  for (std::uint32_t r = 0; r < rings.size(); ++r) {
    for (std::uint32_t m = 0; m < rings[r].members.size(); ++m) {
      const auto at = std::lower_bound(snapshot.accounts.begin(), snapshot.accounts.end(), rings[r].members[m].account);
      const auto vertex = static_cast<Vertex>(at - snapshot.accounts.begin());
      places.ring_of[vertex] = r;
      places.member_of[vertex] = m;
      places.in_ring[vertex] = 1;
      places.members.push_back(vertex);
    }
  }
  std::sort(places.members.begin(), places.members.end());
  return places;
}

// A campaign that a ring lists, before it is put in words.
struct Finding {
  std::size_t campaign = 0;
  double log_odds = 0;
  double confidence = 0;
  std::uint32_t facts = 0;
  std::vector<std::size_t> names;  // parallel to uses and weights
  std::vector<IndicatorUse> uses;
  std::vector<double> weights;
};

class Attribution {
 public:
  Attribution(const Store& store, const Snapshot& snapshot, const AttributeOptions& options, Known known,
              std::vector<Ring>& rings)
      : store_(store),
        snapshot_(snapshot),
        threads_(options.threads),
        known_(std::move(known)),
        rings_(rings),
        places_(places_of(snapshot, rings)),
        users_(find_indicator_users(store, snapshot, known_.names, places_.in_ring, options.systems, options.threads)),
        findings_(rings.size()) {
    for (const Ring& ring : rings) mass_ += mass_of(ring);
  }

  void run() {
    if (std::ranges::any_of(known_.campaigns, [](const Campaign& campaign) { return !campaign.hours.empty(); })) {
      read_profiles_of(places_.members);
      sum_hours();
    }
    for (std::size_t c = 0; c < known_.campaigns.size(); ++c) test_campaign(c);
    if (hours_.empty()) read_profiles_of(members_of_attributed());
    for (std::size_t r = 0; r < rings_.size(); ++r) describe(r);
  }

 private:
  void read_profiles_of(std::vector<Vertex> accounts) {
    profiled_ = std::move(accounts);
    profiles_ = read_profiles(store_, snapshot_, profiled_, threads_).of;
  }
  const Profile& profile_of(Vertex account) const {
    const auto at = std::lower_bound(profiled_.begin(), profiled_.end(), account);
    return profiles_[static_cast<std::size_t>(at - profiled_.begin())];
  }
  std::vector<Vertex> members_of_attributed() const {
    std::vector<Vertex> members;
    for (const Vertex account : places_.members) {
      if (!findings_[places_.ring_of[account]].empty()) members.push_back(account);
    }
    return members;
  }

  void sum_hours() {
    hours_.assign(rings_.size(), {});
    for (std::size_t i = 0; i < profiled_.size(); ++i) {
      auto& hours = hours_[places_.ring_of[profiled_[i]]];
      for (std::size_t h = 0; h < hours.size(); ++h) hours[h] += profiles_[i].hours[h];
    }
  }

  bool keeps_hours(std::size_t ring, const std::vector<HourRange>& ranges) const {
    double all = 0;
    for (const std::uint64_t requests : hours_[ring]) all += static_cast<double>(requests);
    return std::ranges::any_of(ranges, [&](const HourRange& range) {
      double inside = 0;
      for (int h = 0; h < 24; ++h)
        inside += range.holds(h) ? static_cast<double>(hours_[ring][static_cast<std::size_t>(h)]) : 0;
      return all > 0 && inside >= kHoursShare * all;
    });
  }

  // By ring, the factor that the campaign's hours give: as much as they are rarer than the rings' own, and not above
  // what the kind is trusted with. Empty: the campaign names none.
  std::vector<double> hours_factors(const Campaign& campaign) const {
    if (campaign.hours.empty()) return {};
    std::vector<char> fits;
    for (std::size_t r = 0; r < rings_.size(); ++r) fits.push_back(keeps_hours(r, campaign.hours) ? 1 : 0);
    const auto fitting = static_cast<double>(std::count(fits.begin(), fits.end(), 1));
    const double rarity = (static_cast<double>(rings_.size()) + 2) / (fitting + 1);
    const double factor = std::min(indicator_kind("active_hours").most, rarity);
    std::vector<double> factors;
    factors.reserve(fits.size());
    for (const char fit : fits) factors.push_back(fit != 0 ? factor : kHoursMiss);
    return factors;
  }

  void test_campaign(std::size_t number) {
    const Campaign& campaign = known_.campaigns[number];
    std::map<std::uint32_t, Finding> by_ring;
    std::size_t seen = 0;
    for (const std::size_t name : campaign.indicators) {
      const IndicatorUsers& users = users_[name];
      if (users.population == 0) continue;
      ++seen;
      std::map<std::uint32_t, std::vector<Vertex>> members;
      for (const Vertex account : users.interesting) members[places_.ring_of[account]].push_back(account);
      for (auto& [ring, of_ring] : members) {
        Finding& finding = by_ring[ring];
        finding.names.push_back(name);
        finding.uses.push_back({known_.kinds[name], users.population, std::move(of_ring),
                                indicator_kind(known_.names[name].kind).most, known_.listed_by[name]});
      }
    }
    const std::vector<double> hours = hours_factors(campaign);
    for (auto& [ring, finding] : by_ring) {
      finding.campaign = number;
      weigh(finding, seen, ring, hours.empty() ? 1 : hours[ring]);
      if (finding.confidence >= kListedConfidence) findings_[ring].push_back(std::move(finding));
    }
  }

  void weigh(Finding& finding, std::size_t seen, std::uint32_t ring, double hours_factor) const {
    const std::size_t size = rings_[ring].members.size();
    CampaignEvidence evidence =
        weigh_campaign(finding.uses, seen - finding.uses.size(), size, snapshot_.accounts.size());
    const double prior = campaign_prior(known_.campaigns.size(), mass_of(rings_[ring]), mass_);
    const double log_factor = evidence.log_factor + (evidence.counted > 0 ? std::log(hours_factor) : 0);
    finding.log_odds = log_factor + std::log(prior) - std::log1p(-prior);
    finding.confidence = std::min(kMostConfidence, campaign_confidence(prior, log_factor));
    finding.facts = evidence.counted;
    finding.weights = std::move(evidence.weights);
  }

  void describe(std::size_t r) {
    Ring& ring = rings_[r];
    std::vector<Finding>& findings = findings_[r];
    if (findings.empty()) return;
    std::sort(findings.begin(), findings.end(), [](const Finding& a, const Finding& b) {
      return std::tuple(-a.log_odds, a.campaign) < std::tuple(-b.log_odds, b.campaign);
    });
    for (const Finding& finding : findings) ring.campaigns.push_back(match_of(finding, ring));
    mark_members(findings, ring);
    for (CampaignMatch& match : ring.campaigns) charge(match, ring);
    std::stable_sort(ring.campaigns.begin(), ring.campaigns.end(), [](const CampaignMatch& a, const CampaignMatch& b) {
      return std::pair(percents(b), b.accounts) < std::pair(percents(a), a.accounts);
    });
    for (const CampaignMatch& match : ring.campaigns) {
      const bool can_name = std::ranges::any_of(findings, [&](const Finding& finding) {
        return known_.campaigns[finding.campaign].name == match.campaign && finding.confidence >= kNamedConfidence &&
               finding.facts >= kNamedFacts;
      });
      if (!can_name) continue;
      ring.campaign = match.campaign;
      ring.confidence = match.confidence;
      return;
    }
  }

  // A difference of less is none: then the campaign with more accounts comes first.
  static long percents(const CampaignMatch& match) { return std::lround(100 * match.confidence); }

  CampaignMatch match_of(const Finding& finding, const Ring& ring) const {
    CampaignMatch match;
    match.campaign = known_.campaigns[finding.campaign].name;
    match.confidence = finding.confidence;
    std::vector<char> touched(ring.members.size(), 0);
    for (const std::size_t h : heaviest_first(finding)) {
      const IndicatorUse& use = finding.uses[h];
      const IndicatorName& name = known_.names[finding.names[h]];
      MatchedIndicator matched{name.kind,      name.value,         static_cast<std::uint32_t>(use.members.size()),
                               use.population, finding.weights[h], {}};
      std::vector<std::uint32_t> places;
      for (const Vertex account : use.members) places.push_back(places_.member_of[account]);
      std::sort(places.begin(), places.end());
      for (const std::uint32_t place : places) {
        touched[place] = 1;
        if (matched.members.size() < kIndicatorMembers) matched.members.push_back(ring.members[place].name);
      }
      match.indicators.push_back(std::move(matched));
    }
    match.touched = static_cast<std::uint32_t>(std::count(touched.begin(), touched.end(), 1));
    return match;
  }

  static std::vector<std::size_t> heaviest_first(const Finding& finding) {
    std::vector<std::size_t> order;
    for (std::size_t h = 0; h < finding.uses.size(); ++h) order.push_back(h);
    std::stable_sort(order.begin(), order.end(),
                     [&](std::size_t a, std::size_t b) { return finding.weights[a] > finding.weights[b]; });
    return order;
  }

  // How far an indicator tells members of one campaign from those of another: what the whole pool touches does not, nor
  // what strangers touch.
  static double loudness_of(const IndicatorUse& use, const Ring& ring) {
    const auto members = static_cast<double>(use.members.size());
    return members / use.population * std::log((static_cast<double>(ring.members.size()) + 1) / members);
  }

  // Reasons of members, and whose they are by their own hits.
  void mark_members(const std::vector<Finding>& findings, Ring& ring) const {
    struct Voice {
      double loudness = 0;
      std::vector<std::string> touches;
    };
    std::vector<std::vector<Voice>> voices(ring.members.size(), std::vector<Voice>(findings.size()));
    for (std::size_t f = 0; f < findings.size(); ++f) {
      for (const std::size_t h : heaviest_first(findings[f])) {
        const IndicatorName& name = known_.names[findings[f].names[h]];
        const double loudness = loudness_of(findings[f].uses[h], ring);
        for (const Vertex account : findings[f].uses[h].members) {
          Voice& voice = voices[places_.member_of[account]][f];
          voice.loudness += loudness;
          voice.touches.push_back(name.kind + " " + name.value);
        }
      }
    }
    for (std::size_t m = 0; m < ring.members.size(); ++m) {
      double best = 0, second = 0;
      for (std::size_t f = 0; f < findings.size(); ++f) {
        const Voice& voice = voices[m][f];
        if (voice.touches.empty()) continue;
        const std::string& campaign = known_.campaigns[findings[f].campaign].name;
        ring.members[m].reasons.push_back(reason_of(voice.touches, campaign));
        second = std::max(second, std::min(best, voice.loudness));
        if (voice.loudness > best) {
          best = voice.loudness;
          ring.members[m].campaign = campaign;
        }
      }
      if (best < kTellsApart * second) ring.members[m].campaign.clear();
    }
  }

  static std::string reason_of(const std::vector<std::string>& touches, const std::string& campaign) {
    const std::size_t shown = std::min(touches.size(), kIndicatorsInReason);
    std::string things;
    for (std::size_t i = 0; i < shown; ++i) things += (i > 0 ? ", " : "") + touches[i];
    if (shown < touches.size()) things += fmt::format(" and {} more", touches.size() - shown);
    return fmt::format("{}{}: {}{}{}", kTouches, things, touches.size() == 1 ? "an indicator" : "indicators",
                       kOfCampaign, campaign);
  }

  // Sums up what the accounts of the campaign do.
  void charge(CampaignMatch& match, const Ring& ring) const {
    std::map<VertexKey, std::uint64_t> tags;
    for (const Member& member : ring.members) {
      if (ring.campaigns.size() > 1 && member.campaign != match.campaign) continue;
      const auto at = std::lower_bound(snapshot_.accounts.begin(), snapshot_.accounts.end(), member.account);
      const Profile& profile = profile_of(static_cast<Vertex>(at - snapshot_.accounts.begin()));
      ++match.accounts;
      match.requests += profile.requests;
      match.tokens_in += profile.tokens_in;
      match.tokens_out += profile.tokens_out;
      for (const TagCount& tag : profile.tags) tags[tag.tag] += tag.count;
    }
    match.capabilities = capabilities_of(tags);
  }

  std::vector<std::pair<std::string, double>> capabilities_of(const std::map<VertexKey, std::uint64_t>& tags) const {
    const std::optional<KindId> capability = store_.find_kind("capability");
    std::vector<std::pair<std::string, double>> shares;
    double all = 0;
    for (const auto& [tag, count] : tags) {
      if (!capability || tag.kind != *capability) continue;
      all += static_cast<double>(count);
      shares.emplace_back(store_.name_of(tag).value_or(fmt::format("#{:016x}", tag.hash)), static_cast<double>(count));
    }
    for (auto& [name, share] : shares) share /= all;
    std::sort(shares.begin(), shares.end(), [](const auto& a, const auto& b) {
      return std::tuple(-a.second, std::string_view(a.first)) < std::tuple(-b.second, std::string_view(b.first));
    });
    if (shares.size() > kCapabilitiesKept) shares.resize(kCapabilitiesKept);
    return shares;
  }

  const Store& store_;
  const Snapshot& snapshot_;
  unsigned threads_;
  Known known_;
  std::vector<Ring>& rings_;
  Places places_;
  double mass_ = 0;                                   // of all rings
  std::vector<IndicatorUsers> users_;                 // by name
  std::vector<std::vector<Finding>> findings_;        // by ring
  std::vector<Vertex> profiled_;                      // ascending
  std::vector<Profile> profiles_;                     // parallel to profiled_
  std::vector<std::array<std::uint64_t, 24>> hours_;  // requests by ring and hour; empty: nobody asked
};

}  // namespace

bool is_campaign_reason(const std::string& reason) {
  return reason.starts_with(kTouches) && reason.find(kOfCampaign) != std::string::npos;
}

void attribute_rings(const Store& store, const Snapshot& snapshot, const AttributeOptions& options,
                     std::vector<Ring>& rings) {
  if (rings.empty()) return;
  Known known = read_known(store, options);
  if (known.campaigns.empty()) return;
  Attribution(store, snapshot, options, std::move(known), rings).run();
}

}  // namespace ringscope
