#include "base/error.h"
#include "storage/salvage_internal.h"

namespace ringscope {
namespace {

std::uint64_t first_bytes(std::string_view key) {
  std::string padded(key.substr(0, 8));
  padded.resize(8, '\0');
  return schema::read_u64(padded, 0);
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

std::optional<std::string> Salvage::readable_after(const std::string& from) const {
  const std::uint64_t begin = first_bytes(from);
  std::uint64_t bad = begin, good = 0;
  for (std::uint64_t step = 1;; step *= 2) {
    if (begin + step < begin) return std::nullopt;
    good = begin + step;
    if (readable(good)) break;
    bad = good;
    if (step > UINT64_MAX / 2) return std::nullopt;
  }
  while (good - bad > 1) {
    const std::uint64_t middle = bad + (good - bad) / 2;
    (readable(middle) ? good : bad) = middle;
  }
  return schema::key_u64(good);
}

}  // namespace ringscope
