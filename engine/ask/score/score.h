// Judges accounts online: against the rings of the latest run, by what a stream shows of each. docs/online.md.
//
// Method   likeness to each ring in bits (account_evidence.h), a ring's share of all accounts as the prior, and from
//          both the posterior that the account is one of its members; times the ring's score that is the probability.
//          An account that the run put into a ring has the run's answer.
// Cost     a look-up for each value that is new of the account, then O(rings of its values · layers).
// Same     the order of lines alone decides; threads, times and what else was scored do not.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "engine/ask/score/account_evidence.h"
#include "engine/detect/ring/ring.h"
#include "engine/ingest/admission.h"
#include "engine/load/operator_lists.h"

namespace ringscope {

struct ScoreAnswer {
  std::string account;
  bool known = false;  // to the store
  std::uint64_t run = 0;
  std::uint64_t lines = 0;  // of this account so far
  std::string ring;         // empty: nothing speaks for one
  Tier ring_tier = Tier::watch;
  bool member = false;             // of the ring, by the run itself
  bool seeded = false;             // flagged for what it shares with the ring's confirmed members alone
  double probability = 0;          // that it belongs to a ring
  std::optional<Tier> tier;        // nothing: no ring
  double bits = 0;                 // of the likeness to the ring
  std::vector<std::string> kinds;  // that speak for it, strongest first
  std::vector<std::string> reasons;
};

struct ScorerOptions {
  std::size_t memory_bytes = std::size_t{256} << 20;  // for what is known of accounts; the longest unseen are forgotten
  double ban_probability = 0.95;
  double review_probability = 0.5;
};

class Scorer {
 public:
  // `lists` must outlive the scorer.
  Scorer(std::shared_ptr<RingIndex> index, const OperatorLists& lists, const ScorerOptions& options);
  ~Scorer();
  Scorer(const Scorer&) = delete;
  Scorer& operator=(const Scorer&) = delete;

  // A newer run's index from now on. What is known of accounts is kept.
  void use(std::shared_ptr<RingIndex> index);
  // Adds what a line says to what is known of its account, and judges it.
  ScoreAnswer answer(const CleanEvent& event);
  std::uint64_t run() const;
  std::shared_ptr<const RingIndex> index() const;
  std::uint64_t forgotten() const;  // accounts, for want of memory

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

// Schema "ringscope.score/1", one line without its newline.
std::string answer_to_json(const ScoreAnswer& answer, std::uint64_t line);
// Of a line that could not be read.
std::string fault_to_json(const Fault& fault, std::uint64_t line);

}  // namespace ringscope
