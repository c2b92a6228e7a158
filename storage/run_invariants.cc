// What must hold of runs and of what goes on over them.
#include <algorithm>
#include <map>

#include "storage/codec.h"
#include "storage/invariants_internal.h"
#include "storage/roll.h"
#include "storage/run_overlay.h"

namespace ringscope {
namespace {

std::string of_run(std::uint64_t run) { return " of run " + std::to_string(run); }

// Order does not matter, so both ends of all links can be compared without keeping them.
std::uint64_t link_hash(KeyHash a, KeyHash b, float bits) {
  std::string bytes;
  Encoder out(bytes);
  out.fixed64(a);
  out.fixed64(b);
  out.real(bits);
  return hash_value(bytes);
}

class RunWalk {
 public:
  RunWalk(const Store::Impl& store, std::span<const VertexKey> names, Findings& findings)
      : impl_(store), names_(names), findings_(findings), batches_(impl_.counter("batch")) {}

  void run() {
    findings_.attempt("runs", [&] { runs(); });
    findings_.attempt("ledger.sequence", [&] { ledger(); });
    findings_.attempt("decisions.sequence", [&] {
      sequence(schema::kVerdicts, "verdict");
      sequence(schema::kJournal, "entry of the journal");
    });
    findings_.attempt("image", [&] { image(); });
    findings_.attempt("indicators", [&] { indicators(); });
  }

 private:
  void runs() {
    const std::uint64_t last = impl_.counter("run"), lost = impl_.counter("lost/run");
    std::uint64_t next = 1;
    impl_.scan(schema::kRuns, "", "", [&](std::string_view key, std::string_view) {
      if (!has_length(findings_, "runs", schema::kRuns, key, 8)) return;
      const std::uint64_t run = schema::read_u64(key, 0);
      for (; next < run; ++next)
        if (next > lost) findings_.add("runs", "run " + std::to_string(next) + " has no record");
      next = run + 1;
    });
    for (; next <= last; ++next)
      if (next > lost) findings_.add("runs", "run " + std::to_string(next) + " has no record");
    if (next > last + 1) findings_.add("runs", "a run has a record that was never made");
    for (const auto& [run, base] : impl_.bases)
      if (base == 0 || base >= run || impl_.bases.contains(base) || (base > lost && !has_record(base)))
        findings_.add("runs", "run " + std::to_string(run) + " lies over run " + std::to_string(base));
    for (std::uint64_t run = lost + 1; run <= last; ++run) {
      if (!has_record(run)) continue;
      members(run);
    }
    if (last > lost && last != 0) links(last);
  }

  bool has_record(std::uint64_t run) const { return impl_.get(schema::kRuns, schema::key_u64(run)).has_value(); }

  // Of a ring: the accounts whose rows place them in it, by position; 0 where none does.
  struct Placed {
    std::uint64_t rows = 0;
    std::vector<KeyHash> accounts;
  };
  using Rings = std::map<std::string, Placed, std::less<>>;

  void members(std::uint64_t run) {
    Rings rings;
    scan_run(impl_, schema::kRings, run, [&](std::string_view id, std::string_view) { rings.emplace(id, Placed{}); });
    scan_run(impl_, schema::kMembers, run, [&](std::string_view rest, std::string_view value) {
      if (!has_length(findings_, "rings.members", schema::kMembers, rest, 8)) return;
      const KeyHash account = schema::read_u64(rest, 0);
      const RollPlace place = decode_place(value);
      const auto ring = rings.find(place.ring);
      if (ring == rings.end()) {
        findings_.add("rings.members", "account " + hex(account) + of_run(run) + " is in no ring of it");
      } else {
        ++ring->second.rows;
        if (place.payload.empty()) put(run, account, place, ring->second);
      }
      if (!std::ranges::binary_search(names_, VertexKey{kAccountKind, account}))
        findings_.add("rings.members", "account " + hex(account) + of_run(run) + " has no name");
    });
    for (const auto& [id, placed] : rings) {
      if (placed.rows == 0) findings_.add("rings.members", "ring " + id + of_run(run) + " has no member");
      roll(run, id, placed.accounts);
    }
  }

  void put(std::uint64_t run, KeyHash account, const RollPlace& place, Placed& placed) {
    if (place.position >= names_.size() ||  // every member has a name
        (place.position < placed.accounts.size() && placed.accounts[place.position]))
      return findings_.add("rings.members", "account " + hex(account) + of_run(run) + " has the place of another");
    if (place.position >= placed.accounts.size()) placed.accounts.resize(place.position + 1, 0);
    placed.accounts[place.position] = account;
  }

  // The roll has at each position the account that is placed there.
  void roll(std::uint64_t run, const std::string& id, std::span<const KeyHash> placed) {
    std::size_t position = 0;
    bool last = placed.empty() && !get_of_run(impl_, schema::kRolls, run, schema::key_piece(id, 0));
    for (std::uint32_t piece = 0; !last; ++piece) {
      const auto bytes = get_of_run(impl_, schema::kRolls, run, schema::key_piece(id, piece));
      if (!bytes) {
        findings_.add("rings.members", "the roll of ring " + id + of_run(run) + " ends too early");
        return;
      }
      last = visit_piece(*bytes, [&](KeyHash account, std::string_view) {
        if (position >= placed.size() || placed[position] != account)
          findings_.add("rings.members",
                        "account " + hex(account) + of_run(run) + " is in the roll of ring " + id + ", not in its row");
        ++position;
      });
    }
    if (position < placed.size())
      findings_.add("rings.members", "the roll of ring " + id + of_run(run) + " has too few members");
  }

  void links(std::uint64_t run) {
    std::uint64_t there = 0, back = 0;
    scan_run(impl_, schema::kLinks, run, [&](std::string_view rest, std::string_view value) {
      if (rest.size() != 8) return;  // the nearest of an account without links
      const KeyHash account = schema::read_u64(rest, 0);
      for (const StoredLink& link : decode_links(value)) {
        if (link.other == account) findings_.add("links", "account " + hex(account) + " is linked to itself");
        there += link_hash(account, link.other, link.bits);
        back += link_hash(link.other, account, link.bits);
      }
    });
    if (there != back) findings_.add("links", "a similarity" + of_run(run) + " is there at one end only");
  }

  void ledger() {
    const std::uint64_t last = impl_.counter("event"), floor = impl_.counter("lost/event");
    std::uint64_t next = floor + 1;
    impl_.scan(schema::kLedger, "", "", [&](std::string_view key, std::string_view) {
      if (!has_length(findings_, "ledger.sequence", schema::kLedger, key, 8)) return;
      const std::uint64_t seq = schema::read_u64(key, 0);
      if (seq < next) return;
      if (seq != next)
        findings_.add("ledger.sequence", "events " + std::to_string(next) + " to " + std::to_string(seq - 1),
                      seq - next);
      next = seq + 1;
    });
    if (next != last + 1)
      findings_.add("ledger.sequence",
                    "the last event is " + std::to_string(next - 1) + ", should be " + std::to_string(last));
  }

  void sequence(schema::Family family, const char* what) {
    std::uint64_t next = 1;
    impl_.scan(family, "", "", [&](std::string_view key, std::string_view) {
      if (!has_length(findings_, "decisions.sequence", family, key, 8)) return;
      const std::uint64_t number = schema::read_u64(key, 0);
      if (number != next)
        findings_.add("decisions.sequence", std::string(what) + " " + std::to_string(next) + " is missing",
                      number - next);
      next = number + 1;
    });
  }

  void image() {
    const std::uint64_t run = impl_.counter("image");
    if (run > impl_.counter("run")) findings_.add("image", "it is of a run that was never made");
    std::uint64_t part = 0;
    impl_.scan(schema::kImage, schema::key_u64(run), schema::key_u64(run + 1),
               [&](std::string_view key, std::string_view) {
                 if (!has_length(findings_, "image", schema::kImage, key, 16)) return;
                 if (schema::read_u64(key, 8) != part)
                   findings_.add("image", "part " + std::to_string(part) + " is missing");
                 part = schema::read_u64(key, 8) + 1;
               });
    if (run != 0 && part == 0) findings_.add("image", "it has no part");
    impl_.scan(schema::kTouched, "", "", [&](std::string_view key, std::string_view) {
      if (has_length(findings_, "image", schema::kTouched, key, 16) && schema::read_u64(key, 0) > batches_)
        findings_.add("image", "accounts were touched by a batch that was never made");
    });
  }

  void indicators() {
    impl_.scan(schema::kMeta, std::string(schema::kIndicatorPrefix), "indicator0",
               [&](std::string_view key, std::string_view) {
                 const std::string_view rest = key.substr(schema::kIndicatorPrefix.size());
                 const std::size_t kind = rest.find('\0'), value = kind == rest.npos ? kind : rest.find('\0', kind + 1);
                 if (value == rest.npos || kind == 0 || value == kind + 1 || value + 1 == rest.size())
                   findings_.add("indicators", "an indicator lacks a part");
               });
  }

  const Store::Impl& impl_;
  std::span<const VertexKey> names_;
  Findings& findings_;
  std::uint64_t batches_;
};

}  // namespace

void check_runs(const Store::Impl& store, std::span<const VertexKey> names, Findings& findings) {
  RunWalk(store, names, findings).run();
}

}  // namespace ringscope
