#include "engine/ledger/rekey.h"

#include <cstdlib>
#include <memory>

#include "engine/detect/json_parts.h"
#include "storage/store.h"
#include "storage/value_keys.h"

namespace ringscope {
namespace {

using Values = std::map<std::string, std::string>;

// A value stands alone, or behind its kind: "payment 538877-d367".
bool revalue_text(Json& json, const Values& values) {
  const std::string text = json.get<std::string>();
  if (const auto at = values.find(text); at != values.end()) {
    json = at->second;
    return true;
  }
  const std::size_t blank = text.find(' ');
  if (blank == std::string::npos) return false;
  const auto at = values.find(text.substr(blank + 1));
  if (at == values.end()) return false;
  json = text.substr(0, blank + 1) + at->second;
  return true;
}

bool revalue(Json& json, const Values& values) {
  if (json.is_string()) return revalue_text(json, values);
  bool any = false;
  if (json.is_structured()) {
    for (auto& [name, value] : json.items()) any = revalue(value, values) || any;
  }
  return any;
}

std::optional<std::string> revalued(std::string_view, std::string_view record, const Values& values) {
  return parse_stored(record, "record", [&](Json json) -> std::optional<std::string> {
    if (!revalue(json, values)) return std::nullopt;
    return dump(json);
  });
}

std::filesystem::path key_file_of(const Store::Keyed& keyed) {
  const char* const overruled = std::getenv("RINGSCOPE_KEY_FILE");
  return overruled != nullptr && *overruled != '\0' ? overruled : keyed.key_file;
}

Rekeyed finish(std::unique_ptr<Store> store, const StoreOptions& options, const Store::RekeyReport& report) {
  store->scrub();
  const Rekeyed done{store->keyed()->generation, report.values, report.rows, report.records};
  const std::filesystem::path path = store->path();
  store.reset();
  (void)Store::open(path, options);  // a new log of writes and a new manifest
  return done;
}

}  // namespace

Rekeyed rotate_keys(const std::filesystem::path& path, std::size_t memory_bytes) {
  const StoreOptions options{OpenMode::write, memory_bytes};
  auto store = Store::open(path, options);
  const auto keyed = store->keyed();
  if (!keyed) throw Error(ErrorCode::usage, "the store has no keyed kinds; 'ringscope keys enable FILE' makes some");
  store->require_value_keys();
  const std::filesystem::path file = key_file_of(*keyed);
  if (ValueKeys::read(file).count() == keyed->generation) ValueKeys::append(file);
  const Store::RekeyReport report = store->rekey(file, keyed->kinds, revalued);
  return finish(std::move(store), options, report);
}

Rekeyed enable_keys(const std::filesystem::path& path, std::size_t memory_bytes, const std::filesystem::path& key_file,
                    const std::vector<std::string>& kinds) {
  const StoreOptions options{OpenMode::create, memory_bytes};
  auto store = Store::open(path, options);
  store->require_value_keys();
  if (const auto keyed = store->keyed(); keyed && ValueKeys::read(key_file).id(keyed->generation) != keyed->key_id)
    throw Error(ErrorCode::refused, "the store has keyed kinds under another key file", key_file.string());
  const Store::RekeyReport report = store->rekey(key_file, kinds, revalued);
  return finish(std::move(store), options, report);
}

}  // namespace ringscope
