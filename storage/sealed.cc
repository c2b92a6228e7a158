// Kinds whose values are encrypted under keys of days beside their tokens.
#include <algorithm>

#include "base/error.h"
#include "storage/sealer_internal.h"
#include "storage/store_internal.h"

namespace ringscope {

std::string Sealer::seal(const SealedName& whose, Day day, std::string_view value) {
  return seal_value(keys_.key_for(day), whose, value);
}

bool Sealer::replaces(std::string_view row, std::string_view other) const {
  const SealedRow now = decode_sealed(row), then = decode_sealed(other);
  return is_later(now.day, then.day) || keys_.find(then.day, then.key_id) == nullptr;
}

std::filesystem::path Store::Impl::day_key_file() const { return DayKeys::file_beside(key_file(), keyed->vault_id); }

DayKeys Store::Impl::read_day_keys() const { return DayKeys::read(day_key_file(), keyed->vault_id); }

std::shared_ptr<const DayKeys> Store::Impl::known_day_keys() const {
  const std::scoped_lock lock(keys_mutex);
  if (!day_keys) day_keys = std::make_shared<const DayKeys>(read_day_keys());
  return day_keys;
}

bool Store::Impl::is_sealed(std::string_view kind) const {
  return keyed && std::ranges::binary_search(keyed->sealed, kind);
}

std::optional<std::string> Store::Impl::sealed_kind(KindId kind) const {
  if (!keyed || keyed->sealed.empty()) return std::nullopt;
  const std::scoped_lock lock(kinds_mutex);
  for (const std::string& name : keyed->sealed) {
    if (const auto at = kinds.find(name); at != kinds.end() && at->second == kind) return name;
  }
  return std::nullopt;
}

bool Store::seals(std::string_view kind) const { return impl_->is_sealed(kind); }

void Store::require_day_keys() const {
  if (!impl_->keyed || impl_->keyed->sealed.empty()) return;
  auto keys = std::make_shared<const DayKeys>(impl_->read_day_keys());
  const std::scoped_lock lock(impl_->keys_mutex);
  impl_->day_keys = std::move(keys);
}

bool Store::has_day_keys() const {
  try {
    require_day_keys();
  } catch (const Error&) {
    return false;
  }
  return true;
}

std::filesystem::path Store::day_key_file() const {
  return impl_->keyed && !impl_->keyed->sealed.empty() ? impl_->day_key_file() : std::filesystem::path();
}

std::optional<Revealed> Store::reveal(VertexKey key) const {
  const auto kind = impl_->sealed_kind(key.kind);
  if (!kind) return std::nullopt;
  const auto keys = impl_->known_day_keys();
  const auto row = impl_->get(schema::kVault, schema::key_vertex(key));
  const auto name = row ? name_of(key) : std::nullopt;
  if (!name) return std::nullopt;
  return open_value(*keys, {*kind, *name}, *row);
}

std::optional<std::string> Store::text_of(VertexKey key) const {
  if (!impl_->sealed_kind(key.kind)) return name_of(key);
  auto revealed = reveal(key);
  return revealed ? std::move(revealed->value) : std::nullopt;
}

std::vector<std::optional<std::string>> Store::texts_of(std::span<const VertexKey> keys) const {
  std::vector<std::optional<std::string>> texts = names_of(keys);
  for (std::size_t i = 0; i < keys.size(); ++i) {
    if (impl_->sealed_kind(keys[i].kind)) texts[i] = text_of(keys[i]);
  }
  return texts;
}

// Names and rows both ascend by the hash of the name.
void Store::scan_texts(KindId kind, const std::function<void(KeyHash, std::string_view)>& visit) const {
  const auto sealed = impl_->sealed_kind(kind);
  if (!sealed) return scan_names(kind, visit);
  const auto keys = impl_->known_day_keys();
  if (impl_->family(schema::kVault) == nullptr) return;
  rocksdb::ReadOptions options;
  options.total_order_seek = true;
  options.fill_cache = false;
  const std::unique_ptr<rocksdb::Iterator> row(impl_->db->NewIterator(options, impl_->family(schema::kVault)));
  row->Seek(std::string(1, static_cast<char>(kind)));
  scan_names(kind, [&](KeyHash hash, std::string_view name) {
    const std::string key = schema::key_vertex({kind, hash});
    while (row->Valid() && view(row->key()) < key) row->Next();
    if (!row->Valid() || view(row->key()) != key) return;
    if (const auto value = open_value(*keys, {*sealed, name}, view(row->value())).value) visit(hash, *value);
  });
  check(row->status(), "reading the vault");
}

std::string Store::stored_facet(std::string_view kind, std::string_view facet, std::string_view value) const {
  if (!impl_->is_sealed(kind)) return std::string(value);
  return keyed_text({}, impl_->value_keys()->token(facet, value, impl_->keyed->generation));
}

Store::VaultCount Store::count_vault() const {
  VaultCount count;
  if (!impl_->keyed || impl_->keyed->sealed.empty()) return count;
  const auto keys = impl_->known_day_keys();
  impl_->scan(schema::kVault, "", "", [&](std::string_view, std::string_view value) {
    const SealedRow row = decode_sealed(value);
    ++count.rows;
    if (keys->find(row.day, row.key_id) == nullptr) ++count.shredded;
  });
  return count;
}

}  // namespace ringscope
