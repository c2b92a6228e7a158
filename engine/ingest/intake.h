// One thread's way from parsed lines to the fold: admits events, keeps rejects and counts what it ignores.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/container/flat_hash_map.h"

#include "engine/ingest/admission.h"
#include "engine/ingest/block.h"
#include "engine/ingest/event.h"
#include "engine/ingest/fold.h"
#include "engine/ingest/layout.h"
#include "engine/ingest/value_policy.h"

namespace ringscope {

inline constexpr std::size_t kKeptOfRejectedLine = 4096;
inline constexpr std::string_view kLongLine = "longer than a line may be";

struct RejectedLine {
  std::uint64_t line = 0;
  Fault fault;
  std::string raw;  // its first kKeptOfRejectedLine bytes, card numbers in them as "xxxx"
};

// What came of one block.
struct BlockOutcome {
  std::uint64_t number = 0;
  std::uint64_t events = 0;
  std::uint64_t suppressed = 0;  // lines of accounts that were erased: neither taken nor rejected
  std::vector<RejectedLine> rejects;
  bool truncated = false;  // the tail was cut short: it is not consumed
};

// Fields that are not ours, with the number of lines that had them.
class IgnoredFields {
 public:
  static constexpr std::size_t kMaxNames = 10'000;  // further names are not told apart

  std::size_t number_of(std::string_view name);
  void count(std::size_t number, std::uint64_t lines = 1) { counts_[number].second += lines; }
  const std::vector<std::pair<std::string, std::uint64_t>>& counts() const { return counts_; }

 private:
  std::vector<std::pair<std::string, std::uint64_t>> counts_;
  absl::flat_hash_map<std::string, std::size_t> numbers_;
};

// What readers hand the lines of a block to.
class LineSink {
 public:
  virtual ~LineSink() = default;
  // A line that could be read.
  virtual void take(std::uint64_t line, const Event& event, std::string_view raw) = 0;
  // A line that could not.
  virtual void malformed(std::uint64_t line, std::string_view reason, std::string_view raw) = 0;
  // Rejects lines that are too long; false for others.
  virtual bool refuse_long_line(std::uint64_t line, std::string_view raw) = 0;

  IgnoredFields& ignored() { return ignored_; }
  const IgnoredFields& ignored() const { return ignored_; }

 protected:
  IgnoredFields ignored_;
};

// Whether a line tells one sighting of one thing: one with a kind and a value does wherever it stands; one with only
// one of them is a damaged long line in a source of long lines and a wide line with a field that is not ours in
// another.
bool is_long_line(const Event& event, bool long_form);

class Intake final : public LineSink {
 public:
  Intake(FoldShard& shard, std::size_t max_line_bytes, const ValuePolicy* policy)
      : shard_(shard),
        max_line_bytes_(max_line_bytes),
        admission_(RequestTime::required, policy),
        suppressed_(policy),
        keep_raw_(policy == nullptr || !policy->keeps_keys()) {}

  // Between begin() and finish() come the lines of one block.
  void begin(const Block& block, const Layout& layout);
  BlockOutcome finish() { return std::move(outcome_); }

  void take(std::uint64_t line, const Event& event, std::string_view raw) override;
  // A tail that cannot be read has been cut short.
  void malformed(std::uint64_t line, std::string_view reason, std::string_view raw) override;
  void reject(std::uint64_t line, const Fault& fault, std::string_view raw);
  bool refuse_long_line(std::uint64_t line, std::string_view raw) override;

 private:
  void count_unused(const Event& event, std::uint32_t used);

  FoldShard& shard_;
  std::size_t max_line_bytes_;
  Admission admission_;
  SuppressCheck suppressed_;
  bool keep_raw_;  // what a rejected line held; not where values are kept keyed
  CleanEvent clean_;
  BlockOutcome outcome_;
  BlockKind kind_ = BlockKind::records;
  bool long_form_ = false;
};

}  // namespace ringscope
