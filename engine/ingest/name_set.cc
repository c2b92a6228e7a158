#include "engine/ingest/name_set.h"

#include <algorithm>
#include <cstring>

#include "base/random.h"

namespace ringscope {
namespace {

// A second, cheap look at the value, so that of two values with one key the second is not taken for known.
std::uint64_t check_of(std::string_view value) {
  std::uint64_t first = 0;
  std::uint64_t last = 0;
  const std::size_t n = std::min<std::size_t>(value.size(), 8);
  std::memcpy(&first, value.data(), n);
  std::memcpy(&last, value.data() + value.size() - n, n);
  return mix64(first ^ mix64(last + value.size()));
}

}  // namespace

NameSet::NameSet() : recent_(std::make_unique<std::array<std::uint64_t, kRecent>>()) {}

void NameSet::add(std::uint16_t kind, KeyHash hash, std::string_view value) {
  const std::uint64_t id = mix64(hash + kind) ^ check_of(value);
  std::uint64_t& recent = (*recent_)[id % kRecent];
  if (recent == id) return;
  recent = id;
  if (!seen_.insert(id).second) return;
  const Header header{hash, static_cast<std::uint32_t>(value.size()), kind};
  std::array<char, sizeof header> bytes;
  std::memcpy(bytes.data(), &header, sizeof header);
  new_names_.append(bytes.data(), bytes.size());
  new_names_.append(value);
}

std::size_t NameSet::read_header(std::size_t at, Header& header) const {
  std::memcpy(&header, new_names_.data() + at, sizeof header);
  return at + sizeof header;
}

void NameSet::forget_new(std::size_t keep_bytes) {
  if (new_names_.capacity() > keep_bytes) std::string().swap(new_names_);
  new_names_.clear();
  if (seen_.capacity() * (sizeof(std::uint64_t) + 1) <= keep_bytes) return;
  absl::flat_hash_set<std::uint64_t>().swap(seen_);
  recent_->fill(0);
}

}  // namespace ringscope
