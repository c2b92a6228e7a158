#include "storage/findings.h"

namespace ringscope {
namespace {

constexpr std::size_t kExamples = 3;

}  // namespace

void Findings::add(const char* invariant, std::string example, std::uint64_t count) {
  Damage& damage = found_[invariant];
  damage.invariant = invariant;
  damage.count += count;
  if (damage.examples.size() < kExamples) damage.examples.push_back(std::move(example));
}

std::vector<Damage> Findings::in_order(std::span<const Invariant> invariants) const {
  std::vector<Damage> ordered;
  std::map<std::string, Damage, std::less<>> rest = found_;
  for (const Invariant& invariant : invariants)
    if (auto node = rest.extract(invariant.name)) ordered.push_back(std::move(node.mapped()));
  for (auto& [name, damage] : rest) ordered.push_back(std::move(damage));
  return ordered;
}

}  // namespace ringscope
