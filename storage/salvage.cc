#include <algorithm>
#include <array>

#include "base/error.h"
#include "storage/salvage_internal.h"

namespace ringscope {
namespace {

// The first bytes of a key as one number; keys that only differ after them are lost or found together.
constexpr std::size_t kKeyBytes = 48;
constexpr std::size_t kKeyBits = 8 * kKeyBytes;
using KeyNumber = std::array<unsigned char, kKeyBytes>;

KeyNumber number_of(std::string_view key) {
  KeyNumber number{};
  std::copy_n(key.begin(), std::min(key.size(), kKeyBytes), number.begin());
  return number;
}

std::string key_of(const KeyNumber& number) { return {number.begin(), number.end()}; }

// number + 2^bit; nothing when it does not fit.
std::optional<KeyNumber> plus_bit(KeyNumber number, std::size_t bit) {
  unsigned carry = 1U << bit % 8;
  for (std::size_t at = kKeyBytes - bit / 8; carry != 0; --at) {
    if (at == 0) return std::nullopt;
    carry += number[at - 1];
    number[at - 1] = static_cast<unsigned char>(carry);
    carry >>= 8;
  }
  return number;
}

}  // namespace

std::uint64_t Salvage::run(const std::function<void(std::string_view, std::string_view)>& visit) {
  if (store_.family(family_) == nullptr) return 0;
  std::uint64_t damaged = 0;
  std::string from;
  for (;;) {
    const std::unique_ptr<rocksdb::Iterator> it = open(from);
    for (; it->Valid(); it->Next()) {
      damaged += take(*it, visit) ? 0 : 1;
      from.assign(it->key().data(), it->key().size());
      from.push_back('\0');  // the next key there can be
    }
    if (it->status().ok()) return damaged;
    ++damaged;
    const std::optional<std::string> next = readable_after(from);
    if (!next) return damaged;
    from = *next;
  }
}

std::unique_ptr<rocksdb::Iterator> Salvage::open(const std::string& from) const {
  rocksdb::ReadOptions options;
  options.total_order_seek = true;
  options.fill_cache = false;
  std::unique_ptr<rocksdb::Iterator> it(store_.db->NewIterator(options, store_.family(family_)));
  it->Seek(from);
  return it;
}

bool Salvage::take(const rocksdb::Iterator& it,
                   const std::function<void(std::string_view, std::string_view)>& visit) const {
  try {
    decode_value(family_, view(it.value()));
  } catch (const Error&) {
    return false;
  }
  visit(view(it.key()), view(it.value()));
  return true;
}

// By steps that double, then by halves: one seek each.
std::optional<std::string> Salvage::readable_after(const std::string& from) const {
  const KeyNumber begin = number_of(from);
  std::optional<KeyNumber> good;
  std::size_t bit = 0;
  for (; bit < kKeyBits && !good; ++bit) {
    const std::optional<KeyNumber> next = plus_bit(begin, bit);
    if (!next) return std::nullopt;
    if (readable(key_of(*next))) good = next;
  }
  if (!good) return std::nullopt;
  if (bit == 1) return key_of(*good);
  KeyNumber bad = *plus_bit(begin, bit - 2);
  for (std::size_t half = bit - 2; half-- > 0;) {
    const std::optional<KeyNumber> middle = plus_bit(bad, half);
    if (!middle) continue;
    if (readable(key_of(*middle))) {
      good = middle;
    } else {
      bad = *middle;
    }
  }
  return key_of(*good);
}

}  // namespace ringscope
