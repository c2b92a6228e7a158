#include "engine/ingest/identity.h"

#include <algorithm>
#include <new>

#include "fmt/format.h"
#include <xxhash.h>

namespace ringscope {
namespace {

constexpr std::size_t kHexDigits = 32;

std::string hash_of(std::string_view bytes) {
  PrefixHasher hasher;
  hasher.update(bytes);
  return hasher.hex();
}

}  // namespace

void PrefixHasher::Free::operator()(XXH3_state_s* state) const { XXH3_freeState(state); }

PrefixHasher::PrefixHasher() : state_(XXH3_createState()) {
  if (!state_) throw std::bad_alloc();
  XXH3_128bits_reset(state_.get());
}

PrefixHasher::PrefixHasher(const PrefixHasher& other) : PrefixHasher() { *this = other; }

PrefixHasher& PrefixHasher::operator=(const PrefixHasher& other) {
  if (this == &other) return *this;
  XXH3_copyState(state_.get(), other.state_.get());
  bytes_ = other.bytes_;
  return *this;
}

void PrefixHasher::update(std::string_view bytes) {
  XXH3_128bits_update(state_.get(), bytes.data(), bytes.size());
  bytes_ += bytes.size();
}

std::string PrefixHasher::hex() const {
  const XXH128_hash_t hash = XXH3_128bits_digest(state_.get());
  return fmt::format("{:016x}{:016x}", hash.high64, hash.low64);
}

std::vector<SourcePosition> candidates(std::span<const SourcePosition> stored, std::string_view head) {
  std::vector<SourcePosition> found;
  for (const SourcePosition& position : stored) {
    if (position.head_bytes == 0 || position.head_bytes > head.size()) continue;
    if (std::string_view(position.source).substr(0, kHexDigits) == hash_of(head.substr(0, position.head_bytes)))
      found.push_back(position);
  }
  return found;
}

Recognition new_source(std::span<const SourcePosition> stored, std::string_view head, const std::string& label) {
  Recognition source;
  const std::string hash = hash_of(head);
  source.position.source = hash;
  source.position.label = label;
  source.position.head_bytes = head.size();
  const auto taken = [&] {
    return std::ranges::find(stored, source.position.source, &SourcePosition::source) != stored.end();
  };
  // Another source with the same beginning that goes on differently.
  for (int number = 2; taken(); ++number) source.position.source = fmt::format("{}-{}", hash, number);
  return source;
}

PrefixMatcher::PrefixMatcher(std::vector<SourcePosition> candidates) : candidates_(std::move(candidates)) {
  std::ranges::sort(candidates_, {}, &SourcePosition::offset);
  check();
}

std::uint64_t PrefixMatcher::wants() const {
  return next_ == candidates_.size() ? 0 : candidates_[next_].offset - hasher_.bytes();
}

void PrefixMatcher::feed(std::string_view bytes) {
  if (bytes.empty()) return;
  hasher_.update(bytes);
  last_byte_ = bytes.back();
  check();
}

void PrefixMatcher::check() {
  for (; next_ < candidates_.size() && candidates_[next_].offset == hasher_.bytes(); ++next_) {
    if (candidates_[next_].prefix_hash != hasher_.hex()) continue;
    best_ = Recognition{candidates_[next_], hasher_, last_byte_};
  }
}

}  // namespace ringscope
