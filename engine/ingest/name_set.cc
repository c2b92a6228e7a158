#include "engine/ingest/name_set.h"

#include <algorithm>
#include <array>
#include <cstring>

#include "base/random.h"

namespace ringscope {
namespace {

constexpr std::size_t kFirstSlots = 1024;

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

bool WordSet::insert(std::uint64_t word) {
  if (word == 0) word = 1;
  if (2 * (used_ + 1) > slots_.size()) grow();
  const std::size_t mask = slots_.size() - 1;
  std::size_t at = word & mask;
  for (; slots_[at] != 0; at = (at + 1) & mask)
    if (slots_[at] == word) return false;
  slots_[at] = word;
  ++used_;
  return true;
}

void WordSet::grow() {
  std::vector<std::uint64_t> old(std::max(kFirstSlots, 2 * slots_.size()));
  old.swap(slots_);
  const std::size_t mask = slots_.size() - 1;
  for (const std::uint64_t word : old) {
    if (word == 0) continue;
    std::size_t at = word & mask;
    while (slots_[at] != 0) at = (at + 1) & mask;
    slots_[at] = word;
  }
}

void WordSet::clear() {
  std::vector<std::uint64_t>().swap(slots_);
  used_ = 0;
}

NameSet::Entry NameSet::prepare(std::uint16_t kind, KeyHash hash, std::string_view value) const {
  const Entry entry{mix64(hash + kind) ^ check_of(value), hash, value, kind};
  seen_.prefetch(entry.id);
  return entry;
}

void NameSet::add(const Entry& entry) {
  if (!seen_.insert(entry.id)) return;
  const Header header{entry.hash, static_cast<std::uint32_t>(entry.value.size()), entry.kind};
  std::array<char, sizeof header> bytes;
  std::memcpy(bytes.data(), &header, sizeof header);
  new_names_.append(bytes.data(), bytes.size());
  new_names_.append(entry.value);
}

std::size_t NameSet::read_header(std::size_t at, Header& header) const {
  std::memcpy(&header, new_names_.data() + at, sizeof header);
  return at + sizeof header;
}

void NameSet::forget_new(std::size_t keep_bytes) {
  if (new_names_.capacity() > keep_bytes) std::string().swap(new_names_);
  new_names_.clear();
  if (seen_.bytes() > keep_bytes) seen_.clear();
}

}  // namespace ringscope
