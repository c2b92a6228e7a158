#include "storage/spellings.h"

#include <algorithm>
#include <cstring>

#include <arpa/inet.h>

#include "base/error.h"
#include "storage/codec.h"

namespace ringscope {
namespace {

constexpr std::size_t kMostText = 64;  // bytes of a text that are in order
constexpr std::size_t kMostGathered = std::size_t{64} << 20;
constexpr const char* kSpelled = "spelled";  // in the meta family: all names are
constexpr char kAddress = 'a', kText = 't';

std::string folded(std::string_view text) {
  std::string out(text.substr(0, kMostText));
  for (char& c : out) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
    if (c == '\0') c = '\1';  // ends the text
  }
  return out;
}

std::string begin_key(KindId kind, char form) { return {static_cast<char>(kind), form}; }

// Calls visit(hash) for the keys in [first, last) until it says false.
void scan_keys(const Store::Impl& store, const std::string& first, const std::string& last,
               const std::function<bool(KeyHash)>& visit) {
  if (store.family(schema::kSpellings) == nullptr) return;
  const rocksdb::Slice bound(last);
  rocksdb::ReadOptions options;
  options.total_order_seek = true;
  options.iterate_upper_bound = &bound;
  const std::unique_ptr<rocksdb::Iterator> it(store.db->NewIterator(options, store.family(schema::kSpellings)));
  for (it->Seek(first); it->Valid(); it->Next()) {
    const std::string_view key = view(it->key());
    if (key.size() < 10) throw Error(ErrorCode::corrupt, "damaged spelling of a name; run 'ringscope doctor'");
    if (!visit(schema::read_u64(key, key.size() - 8))) return;
  }
  check(it->status(), "looking for names");
}

// The first key after all that begin with `prefix`, whose last byte is not 255.
std::string after(std::string prefix) {
  while (prefix.back() == '\xff') prefix.pop_back();
  prefix.back() = static_cast<char>(static_cast<unsigned char>(prefix.back()) + 1);
  return prefix;
}

}  // namespace

std::optional<AddressBytes> address_bytes(std::string_view text) {
  AddressBytes bytes{};
  if (text.size() < 2 || text.size() > 45) return std::nullopt;
  const std::string copy(text);
  in_addr v4{};
  if (inet_pton(AF_INET, copy.c_str(), &v4) == 1) {
    bytes[10] = bytes[11] = 0xff;
    std::memcpy(bytes.data() + 12, &v4, 4);
    return bytes;
  }
  if (inet_pton(AF_INET6, copy.c_str(), bytes.data()) == 1) return bytes;
  return std::nullopt;
}

std::vector<std::string> spelling_keys(const Name& name) {
  std::vector<std::string> keys(1, begin_key(name.key.kind, kText));
  keys.front().append(folded(name.value)).append(1, '\0');
  if (const auto bytes = address_bytes(name.value)) {
    keys.push_back(begin_key(name.key.kind, kAddress));
    keys.back().append(reinterpret_cast<const char*>(bytes->data()), bytes->size());
  }
  for (std::string& key : keys) schema::append_u64(key, name.key.hash);
  return keys;
}

void SpellingFiles::add(const Name& name) {
  for (std::string& key : spelling_keys(name)) {
    bytes_ += key.size() + sizeof(std::string);
    keys_.push_back(std::move(key));
  }
  if (bytes_ >= kMostGathered) flush();
}

void SpellingFiles::flush() {
  if (keys_.empty()) return;
  std::ranges::sort(keys_);
  keys_.erase(std::ranges::unique(keys_).begin(), keys_.end());
  files_.start_file(schema::kSpellings);
  for (const std::string& key : keys_) {
    if (what_ == What::put) {
      files_.put(schema::kSpellings, key, {});
    } else {
      files_.erase(schema::kSpellings, key);
    }
  }
  keys_.clear();
  bytes_ = 0;
}

void spell_if_needed(Store::Impl& store) {
  if (store.get(schema::kMeta, kSpelled)) return;
  rocksdb::ReadOptions options;
  options.total_order_seek = true;
  const std::unique_ptr<rocksdb::Iterator> first(store.db->NewIterator(options, store.family(schema::kNames)));
  first->SeekToFirst();
  check(first->status(), "reading names");
  if (!first->Valid()) {
    rocksdb::WriteOptions synced;
    synced.sync = true;
    return check(store.db->Put(synced, store.family(schema::kMeta), kSpelled, "1"), "writing that names are in order");
  }
  SortedFiles files(store);
  SpellingFiles spellings(files, SpellingFiles::What::put);
  store.scan(schema::kNames, "", "", [&](std::string_view key, std::string_view value) {
    if (key.size() != 9) throw Error(ErrorCode::corrupt, "damaged key of a name; run 'ringscope doctor'");
    const auto kind = static_cast<KindId>(static_cast<std::uint8_t>(key[0]));
    spellings.add({{kind, schema::read_u64(key, 1)}, std::string(value)});
  });
  spellings.flush();
  files.put(schema::kMeta, kSpelled, "1");
  files.ingest();
}

bool Store::has_spellings() const {
  return impl_->family(schema::kSpellings) != nullptr && impl_->get(schema::kMeta, kSpelled).has_value();
}

void Store::scan_spellings(KindId kind, std::string_view prefix, const std::function<bool(KeyHash)>& visit) const {
  const std::string first = begin_key(kind, kText) + folded(prefix);
  scan_keys(*impl_, first, after(first), visit);
}

void Store::scan_addresses(KindId kind, const AddressBytes& first, const AddressBytes& last,
                           const std::function<bool(KeyHash)>& visit) const {
  const auto key = [&](const AddressBytes& bytes) {
    return begin_key(kind, kAddress).append(reinterpret_cast<const char*>(bytes.data()), bytes.size());
  };
  scan_keys(*impl_, key(first), after(key(last)), visit);
}

}  // namespace ringscope
