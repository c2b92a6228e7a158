#include "engine/ingest/intake.h"

#include <algorithm>

#include "storage/value_keys.h"

namespace ringscope {
namespace {

constexpr std::string_view kOthers = "(others)";

constexpr std::uint32_t bit(Field field) { return 1U << static_cast<unsigned>(field); }
constexpr std::uint32_t kLongOnly = bit(Field::kind) | bit(Field::value);
constexpr std::uint32_t kUsedByWide = ~kLongOnly;
constexpr std::uint32_t kUsedByLong = kLongOnly | bit(Field::account) | bit(Field::ts) | bit(Field::count);

}  // namespace

std::size_t IgnoredFields::number_of(std::string_view name) {
  const auto found = numbers_.find(absl::string_view(name.data(), name.size()));
  if (found != numbers_.end()) return found->second;
  if (counts_.size() >= kMaxNames && name != kOthers) return number_of(kOthers);
  numbers_.emplace(name, counts_.size());
  counts_.emplace_back(name, 0);
  return counts_.size() - 1;
}

void Intake::begin(const Block& block, const Layout& layout) {
  kind_ = block.kind;
  long_form_ = layout.long_form;
  outcome_ = {};
  outcome_.number = block.number;
}

void Intake::count_unused(const Event& event, std::uint32_t used) {
  const std::uint32_t unused = event.present & ~used;
  if (unused == 0) return;
  for (std::size_t field = 0; field < kFieldCount; ++field)
    if ((unused >> field & 1) != 0) ignored_.count(ignored_.number_of(field_name(field)));
}

bool is_long_line(const Event& event, bool long_form) {
  const bool kind = event.names(Field::kind);
  const bool value = event.names(Field::value);
  return (kind && value) || (long_form && (kind || value));
}

void Intake::take(std::uint64_t line, const Event& event, std::string_view raw) {
  const bool is_long = is_long_line(event, long_form_);
  count_unused(event, is_long ? kUsedByLong : kUsedByWide);
  const auto fault = is_long ? admission_.admit_long(event, clean_) : admission_.admit_wide(event, clean_);
  if (suppressed_(event[Field::account])) {
    ++outcome_.suppressed;
    return;
  }
  if (fault) return reject(line, *fault, raw);
  shard_.add(clean_);
  ++outcome_.events;
}

void Intake::malformed(std::uint64_t line, std::string_view reason, std::string_view raw) {
  if (kind_ != BlockKind::tail) return reject(line, {"", reason}, raw);
  outcome_.truncated = true;
  reject(line, {"", "truncated last line"}, raw);
}

// A line may have a card's number and be rejected for something else.
void Intake::reject(std::uint64_t line, const Fault& fault, std::string_view raw) {
  const bool keep = keep_raw_ && fault.reason != kCardNumber;
  std::string kept = without_card_numbers(raw.substr(0, keep ? kKeptOfRejectedLine + kLongestCard : 0));
  kept.resize(std::min(kept.size(), kKeptOfRejectedLine));
  outcome_.rejects.push_back({line, fault, std::move(kept)});
}

bool Intake::refuse_long_line(std::uint64_t line, std::string_view raw) {
  if (raw.size() <= max_line_bytes_) return false;
  reject(line, {"", kLongLine}, raw);
  return true;
}

}  // namespace ringscope
