#include "engine/detect/index/shared_rings.h"

#include <algorithm>
#include <bit>
#include <functional>

#include "engine/detect/index/ring_shape.h"
#include "storage/codec.h"

namespace ringscope {
namespace {

constexpr std::string_view kSharedKey = "shared/";
constexpr std::uint8_t kVersion = 1;

std::string shared_key(std::string_view ring) { return std::string(kSharedKey).append(ring); }

}  // namespace

std::vector<Share> shares_of(const std::map<std::string, double>& weights) {
  double sum = 0;
  for (const auto& [of, weight] : weights) sum += weight;
  std::vector<Share> shares;
  for (const auto& [of, weight] : weights) {
    if (weight > 0) shares.push_back({of, weight / sum, weight});
  }
  std::ranges::stable_sort(shares, std::greater<>(), &Share::share);
  return shares;
}

void SharedRings::add(std::span<const Share> shares) {
  for (const Share& one : shares) {
    if (one.of == ring_) continue;
    SharedRing& other = others_[one.of];
    other.ring = one.of;
    other.accounts += one.share;
    other.members += one.share >= kLeastShare ? 1 : 0;
  }
}

std::vector<SharedRing> SharedRings::list() const {
  std::vector<SharedRing> rings;
  for (const auto& [id, other] : others_) rings.push_back(other);
  std::ranges::stable_sort(rings, std::greater<>(), &SharedRing::accounts);
  return rings;
}

bool is_shared_key(std::string_view key) { return key.starts_with(kSharedKey); }

IndexEntry encode_shared(std::string_view ring, std::span<const SharedRing> rings) {
  IndexEntry entry{shared_key(ring), {}};
  Encoder out(entry.value);
  out.byte(kVersion);
  out.number(rings.size());
  for (const SharedRing& one : rings) {
    out.string(one.ring);
    out.fixed64(std::bit_cast<std::uint64_t>(one.accounts));
    out.number(one.members);
  }
  return entry;
}

std::optional<std::vector<SharedRing>> stored_shared(const Store& store, std::uint64_t run, std::string_view ring,
                                                     std::size_t members) {
  if (members < kLeastKept) return std::nullopt;
  const std::optional<std::string> bytes = store.find_index(run, shared_key(ring));
  if (!bytes) return std::nullopt;
  Decoder in(*bytes, "rings that a ring shares members' links with");
  if (in.byte() != kVersion) return std::nullopt;
  std::vector<SharedRing> rings(in.count());
  for (SharedRing& one : rings) {
    one.ring = in.view();
    one.accounts = std::bit_cast<double>(in.fixed64());
    one.members = in.number();
  }
  in.expect_end();
  return rings;
}

}  // namespace ringscope
