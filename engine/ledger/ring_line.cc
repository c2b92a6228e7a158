#include "engine/ledger/ring_line.h"

#include <algorithm>
#include <bit>
#include <map>
#include <numeric>
#include <unordered_map>

#include "engine/detect/ring/overrule.h"
#include "engine/ledger/chronicle.h"
#include "engine/ledger/ring_line_keys.h"
#include "storage/codec.h"

namespace ringscope {
namespace {

// Keys of the run's index; those for judging online begin with a layer's number and are 9 bytes, or one.
constexpr std::size_t kBlock = 512;         // rings
constexpr std::size_t kLeastMembers = 100;  // of fewer all are read
constexpr std::uint8_t kVersion = 1;

enum Flags : std::uint8_t { kVerdict = 1, kEngine = 2, kCarried = 4, kChange = 8 };

void put_real(Encoder& out, double value) { out.fixed64(std::bit_cast<std::uint64_t>(value)); }
double get_real(Decoder& in) { return std::bit_cast<double>(in.fixed64()); }

void encode(Encoder& out, const RingLine& line) {
  const auto flags = (line.verdict ? kVerdict : 0) | (line.engine ? kEngine : 0) | (line.carried ? kCarried : 0) |
                     (line.change ? kChange : 0);
  out.byte(static_cast<std::uint8_t>(flags));
  out.string(line.ring);
  out.number(line.version);
  out.byte(static_cast<std::uint8_t>(line.tier));
  put_real(out, line.score);
  out.number(line.size);
  out.string(line.campaign);
  put_real(out, line.confidence);
  out.number(line.campaigns.size());
  for (const auto& [name, confidence] : line.campaigns) {
    out.string(name);
    put_real(out, confidence);
  }
  out.number(line.kinds.size());
  for (const std::string& kind : line.kinds) out.string(kind);
  out.number(line.requests);
  out.number(line.evidence_count);
  out.signed_number(line.first_seen);
  out.signed_number(line.last_seen);
  out.string(line.summary);
  out.number(line.born);
  out.number(line.changed);
  if (line.verdict) out.byte(static_cast<std::uint8_t>(*line.verdict));
  if (line.engine) {
    out.byte(static_cast<std::uint8_t>(line.engine->tier));
    put_real(out, line.engine->score);
  }
  if (line.change) out.byte(static_cast<std::uint8_t>(*line.change));
}

// A value of an enumeration whose last one is `last`.
template <class Enum>
Enum get_enum(Decoder& in, Enum last) {
  const std::uint8_t value = in.byte();
  if (value > static_cast<std::uint8_t>(last)) in.fail();
  return static_cast<Enum>(value);
}

// Into a line that was another's, whose memory is used again.
void decode(Decoder& in, RingLine& line) {
  const std::uint8_t flags = in.byte();
  line.ring = in.view();
  line.version = static_cast<std::uint32_t>(in.number());
  line.tier = get_enum(in, Tier::ban);
  line.score = get_real(in);
  line.size = in.number();
  line.campaign = in.view();
  line.confidence = get_real(in);
  line.campaigns.resize(in.count());
  for (auto& [name, confidence] : line.campaigns) {
    name = in.view();
    confidence = get_real(in);
  }
  line.kinds.resize(in.count());
  for (std::string& kind : line.kinds) kind = in.view();
  line.requests = in.number();
  line.evidence_count = in.number();
  line.first_seen = in.time();
  line.last_seen = in.time();
  line.summary = in.view();
  line.born = in.number();
  line.changed = in.number();
  line.verdict.reset();
  line.engine.reset();
  line.change.reset();
  if ((flags & kVerdict) != 0) line.verdict = get_enum(in, VerdictWord::note);
  if ((flags & kEngine) != 0) {
    const Tier tier = get_enum(in, Tier::ban);
    line.engine = EngineWord{tier, get_real(in)};
  }
  line.carried = (flags & kCarried) != 0;
  if ((flags & kChange) != 0) line.change = get_enum(in, RingChange::regraded);
}

// Where rings stand that an entry of this run is about, and the others.
class Ages {
 public:
  explicit Ages(const LedgerEntries& entries) {
    for (const RingAge& age : entries.ages) by_ring_[age.ring] = &age;
    for (const RingEvent& event : entries.events) changes_[event.ring] = event.change;
  }
  void put(RingLine& line, std::uint64_t run) const {
    const auto age = by_ring_.find(line.ring);
    line.born = age == by_ring_.end() ? run : age->second->born;
    line.changed = age == by_ring_.end() ? run : age->second->changed;
    if (const auto change = changes_.find(line.ring); change != changes_.end()) line.change = change->second;
  }

 private:
  std::map<std::string_view, const RingAge*> by_ring_;
  std::map<std::string_view, RingChange> changes_;
};

std::string members_value(const Ring& ring) {
  std::vector<std::uint32_t> order(ring.members.size());
  std::iota(order.begin(), order.end(), 0U);
  std::ranges::sort(order, {}, [&](std::uint32_t i) { return std::string_view(ring.members[i].name); });
  std::vector<std::uint32_t> by_name(order.size());
  for (std::uint32_t place = 0; place < order.size(); ++place) by_name[order[place]] = place;
  std::string bytes;
  Encoder out(bytes);
  out.byte(kVersion);
  out.number(ring.members.size());
  for (std::size_t i = 0; i < ring.members.size(); ++i) {
    const Member& member = ring.members[i];
    const EngineWord said = member.engine.value_or(EngineWord{member.tier, member.score});
    put_real(out, member.membership);
    put_real(out, said.score);
    out.byte(static_cast<std::uint8_t>(said.tier));
    out.number(by_name[i]);
  }
  return bytes;
}

std::string block_key(std::size_t block) { return std::string(kLinesKey) + std::to_string(block); }

}  // namespace

RingLine line_of(const Ring& ring) {
  RingLine line{.ring = ring.id,
                .version = ring.version,
                .tier = ring.tier,
                .score = ring.score,
                .size = ring.members.size(),
                .campaign = ring.campaign,
                .confidence = ring.confidence,
                .campaigns = {},
                .kinds = ring.kinds,
                .requests = ring.behavior.requests,
                .evidence_count = ring.evidence_count,
                .first_seen = ring.first_seen,
                .last_seen = ring.last_seen,
                .summary = ring.summary,
                .engine = ring.engine,
                .carried = ring.carried};
  if (ring.verdict) line.verdict = ring.verdict->word;
  for (const CampaignMatch& one : ring.campaigns) line.campaigns.emplace_back(one.campaign, one.confidence);
  return line;
}

void index_lines(std::span<const Ring> rings, const LedgerEntries& entries,
                 const std::function<void(std::string_view key, std::string_view value)>& put) {
  const Ages ages(entries);
  std::unordered_map<std::string_view, const RingLine*> before;
  for (const RingLine& line : entries.base_lines) before.emplace(line.ring, &line);
  const auto kept = [](const Ring& ring) { return ring.kept.has_value(); };
  const auto has_line = [&](const Ring& ring) { return !kept(ring) || before.contains(ring.id); };
  if (!std::ranges::all_of(rings, has_line)) return;  // the base kept none: readers look at the rings themselves
  std::string bytes;
  for (std::size_t begin = 0; begin == 0 || begin < rings.size(); begin += kBlock) {
    const auto block = rings.subspan(begin, std::min(kBlock, rings.size() - begin));
    bytes.clear();
    Encoder out(bytes);
    out.byte(kVersion);
    out.number(rings.size());
    out.number(block.size());
    for (const Ring& ring : block) {
      RingLine line = kept(ring) ? *before.at(ring.id) : line_of(ring);
      if (kept(ring)) {
        line.change.reset();
      } else {
        ages.put(line, ring.run);
      }
      encode(out, line);
      if (kept(ring)) continue;  // its members are seen in the base
      if (ring.members.size() >= kLeastMembers) put(std::string(kMemberLinesKey) + ring.id, members_value(ring));
    }
    put(block_key(begin / kBlock), bytes);
  }
}

bool visit_indexed_lines(const Store& store, std::uint64_t run,
                         const std::function<void(const RingLine& line)>& visit) {
  RingLine line;
  std::size_t seen = 0, all = 1;
  for (std::size_t block = 0; block == 0 || seen < all; ++block) {
    const std::optional<std::string> bytes = store.find_index(run, block_key(block));
    if (!bytes && block == 0) return false;
    Decoder in(bytes ? std::string_view(*bytes) : std::string_view(), "list of rings");
    const std::uint8_t version = in.byte();
    if (version != kVersion && block == 0) return false;
    all = in.number();
    const std::size_t here = in.count();
    if (version != kVersion || (here == 0 && seen < all)) in.fail();
    for (std::size_t i = 0; i < here; ++i) {
      decode(in, line);
      visit(line);
    }
    seen += here;
    in.expect_end();
  }
  return true;
}

std::optional<std::vector<MemberLine>> indexed_members(const Store& store, std::uint64_t run, std::string_view ring,
                                                       std::span<const KeyHash> accounts) {
  if (accounts.size() < kLeastMembers) return std::nullopt;
  const auto bytes = store.find_index(run, std::string(kMemberLinesKey).append(ring));
  if (!bytes) return std::nullopt;
  Decoder in(*bytes, "list of members");
  if (in.byte() != kVersion) return std::nullopt;
  if (in.count() != accounts.size()) in.fail();
  std::vector<MemberLine> lines;
  lines.reserve(accounts.size());
  for (const KeyHash account : accounts) {
    MemberLine& line = lines.emplace_back();
    line.account = account;
    line.membership = get_real(in);
    line.score = get_real(in);
    line.tier = get_enum(in, Tier::ban);
    line.by_name = static_cast<std::uint32_t>(in.number());
    if (line.by_name >= accounts.size()) in.fail();
  }
  in.expect_end();
  return lines;
}

}  // namespace ringscope
