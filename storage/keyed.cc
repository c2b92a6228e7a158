// Kinds whose values are stored as what a secret key makes of them.
#include <algorithm>
#include <cstdlib>

#include "base/error.h"
#include "storage/codec.h"
#include "storage/store_internal.h"

namespace ringscope {
namespace {

Store::Keyed decode_keyed(std::string_view bytes) {
  Decoder in(bytes, "keyed kinds");
  Store::Keyed keyed;
  keyed.generation = static_cast<std::size_t>(in.number());
  keyed.key_id = in.string();
  keyed.key_file = in.string();
  for (std::size_t left = in.count(); left > 0; --left) keyed.kinds.push_back(in.string());
  if (in.done()) return keyed;
  for (std::size_t left = in.count(); left > 0; --left) keyed.sealed.push_back(in.string());
  keyed.vault_id = in.string();
  in.expect_end();
  return keyed;
}

// The digits of a card's issuer that a token begins with, and the hyphen; nothing for others.
std::string_view issuer_of_token(std::string_view value) {
  const std::size_t end = value.find_first_not_of("0123456789");
  return (end == 6 || end == 8) && value[end] == '-' ? value.substr(0, end + 1) : std::string_view();
}

}  // namespace

std::string encode_keyed(const Store::Keyed& keyed) {
  std::string bytes;
  Encoder out(bytes);
  out.number(keyed.generation);
  out.string(keyed.key_id);
  out.string(keyed.key_file);
  out.number(keyed.kinds.size());
  for (const std::string& kind : keyed.kinds) out.string(kind);
  if (keyed.sealed.empty()) return bytes;
  out.number(keyed.sealed.size());
  for (const std::string& kind : keyed.sealed) out.string(kind);
  out.string(keyed.vault_id);
  return bytes;
}

std::string keyed_text(std::string_view value, const std::string& token) {
  return std::string(issuer_of_token(value)).append("k").append(token);
}

void Store::Impl::read_keyed() {
  const auto bytes = get(schema::kMeta, kKeyedKey);
  keyed = bytes ? std::optional(decode_keyed(*bytes)) : std::nullopt;
  const std::scoped_lock lock(keys_mutex);
  keys.reset();
  day_keys.reset();
}

std::filesystem::path Store::Impl::key_file() const {
  const char* const overruled = std::getenv("RINGSCOPE_KEY_FILE");
  return overruled != nullptr && *overruled != '\0' ? overruled : keyed->key_file;
}

std::shared_ptr<const ValueKeys> Store::Impl::value_keys() const {
  const std::scoped_lock lock(keys_mutex);
  if (keys) return keys;
  const std::filesystem::path file = key_file();
  if (!std::filesystem::exists(file)) {
    throw Error(ErrorCode::refused,
                "this store keeps values of " + keyed->kinds.front() +
                    " keyed, and its key file is not there; RINGSCOPE_KEY_FILE names another place",
                file.string());
  }
  auto read = std::make_shared<const ValueKeys>(ValueKeys::read(file));
  if (keyed->generation > read->count() || read->id(keyed->generation) != keyed->key_id)
    throw Error(ErrorCode::refused, "the key file is not the one that this store was written with", file.string());
  return keys = std::move(read);
}

std::optional<Store::Keyed> Store::keyed() const { return impl_->keyed; }

void Store::require_value_keys() const {
  if (impl_->keyed) (void)impl_->value_keys();
}

bool Store::has_value_keys() const {
  try {
    require_value_keys();
  } catch (const Error&) {
    return false;
  }
  return true;
}

std::string Store::stored_value(std::string_view kind, std::string_view value) const {
  if (!impl_->keyed || !std::ranges::binary_search(impl_->keyed->kinds, kind)) return std::string(value);
  return keyed_text(value, impl_->value_keys()->token(kind, value, impl_->keyed->generation));
}

std::string Store::known_value(std::string_view kind, std::string_view value) const {
  if (!impl_->keyed || !std::ranges::binary_search(impl_->keyed->kinds, kind)) return std::string(value);
  const auto id = find_kind(kind);
  if (id && name_of({*id, hash_value(value)}) == value) return std::string(value);
  return stored_value(kind, value);
}

}  // namespace ringscope
