#include "engine/ledger/ring_event.h"

#include <array>
#include <utility>

#include <fmt/format.h>

namespace ringscope {
namespace {

constexpr std::array<std::pair<RingChange, const char*>, 9> kChanges{{
    {RingChange::born, "born"},
    {RingChange::returned, "returned"},
    {RingChange::retired, "retired"},
    {RingChange::merged, "merged"},
    {RingChange::split, "split"},
    {RingChange::moved, "moved"},
    {RingChange::grown, "grown"},
    {RingChange::shrunk, "shrunk"},
    {RingChange::regraded, "regraded"},
}};

}  // namespace

const char* to_string(RingChange change) { return kChanges[static_cast<std::size_t>(change)].second; }

std::optional<RingChange> parse_ring_change(std::string_view text) {
  for (const auto& [change, name] : kChanges) {
    if (text == name) return change;
  }
  return std::nullopt;
}

std::vector<Day> since_of(const Standing* before, std::span<const LedgerMember> members, Day day) {
  std::vector<Day> since(members.size(), day);
  if (before == nullptr) return since;
  std::size_t b = 0;
  for (std::size_t m = 0; m < members.size(); ++m) {
    while (b < before->members.size() && before->members[b].account < members[m].account) ++b;
    if (b < before->members.size() && before->members[b].account == members[m].account && b < before->since.size())
      since[m] = before->since[b];
  }
  return since;
}

std::string event_id(const RingEvent& event) {
  return fmt::format("E-{:016x}", hash_value(fmt::format("{}/{}", event.ring, event.version)));
}

}  // namespace ringscope
