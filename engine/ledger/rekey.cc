#include "engine/ledger/rekey.h"

#include <algorithm>
#include <cstdlib>
#include <memory>

#include "base/error.h"
#include "engine/ingest/reject_files.h"
#include "engine/json.h"
#include "engine/ledger/renaming.h"
#include "engine/load/facets.h"
#include "storage/snapshots.h"
#include "storage/store.h"
#include "storage/value_keys.h"

namespace ringscope {
namespace {

// What renames is made when the first record comes, as only then the values are known.
Store::Revalue renamer_of_values() {
  return [renamer = std::shared_ptr<const Renamer>()](std::string_view family, std::string_view record,
                                                      const std::map<std::string, std::string>& values) mutable {
    if (!renamer) renamer = std::make_shared<const Renamer>(Renaming{{}, {}, values});
    return (*renamer)(family, record);
  };
}

// Objects of the record that name a facet by kind and value.
void visit_facets(const Json& json, std::span<const std::string> sealed,
                  const std::function<void(std::string_view facet, std::string_view value)>& visit) {
  if (json.is_object() && json.contains("kind") && json.contains("value") && json["kind"].is_string() &&
      json["value"].is_string()) {
    const auto& kind = json["kind"].get_ref<const std::string&>();
    if (is_sealed_facet(kind, sealed)) visit(kind, json["value"].get_ref<const std::string&>());
  }
  if (json.is_structured()) {
    for (const Json& part : json) visit_facets(part, sealed, visit);
  }
}

// Most records name none, and these need not be parsed.
Store::FacetsIn facets_in_records() {
  return [](std::string_view record, std::span<const std::string> sealed,
            const std::function<void(std::string_view facet, std::string_view value)>& visit) {
    const auto may_have = [&](const FacetKind& kind) {
      return is_sealed_facet(kind.name, sealed) && record.find(kind.name) != std::string_view::npos;
    };
    if (std::ranges::any_of(facet_kinds(), may_have)) visit_facets(Json::parse(record, nullptr, false), sealed, visit);
  };
}

std::filesystem::path key_file_of(const Store::Keyed& keyed) {
  const char* const overruled = std::getenv("RINGSCOPE_KEY_FILE");
  return overruled != nullptr && *overruled != '\0' ? overruled : keyed.key_file;
}

// Snapshots are never written to, so those made before hold the values as they came.
std::vector<std::string> snapshots_with_values(const std::filesystem::path& path,
                                               const std::vector<std::string>& kinds) {
  std::vector<std::string> holding;
  for (const std::string& name : snapshot_names(path)) {
    const auto snapshot = Store::open(snapshot_path(path, name), {.mode = OpenMode::read_only});
    const auto keyed = snapshot->keyed();
    const bool holds = std::ranges::any_of(kinds, [&](const std::string& kind) {
      if (keyed && std::ranges::binary_search(keyed->kinds, kind)) return false;
      const auto id = snapshot->find_kind(kind);
      bool any = false;
      if (id) snapshot->scan_names(*id, [&](KeyHash, std::string_view) { any = true; });
      return any;
    });
    if (holds) holding.push_back(name);
  }
  return holding;
}

// A store with keyed kinds keeps no text of rejected lines. These go first: who is killed before the values are keyed
// has them where they were, and says it again; the other way round nobody would look for the lines any more.
Rekeyed rekey(std::unique_ptr<Store> store, const StoreOptions& options, const std::filesystem::path& key_file,
              const KeyedChoice& choice) {
  Rekeyed done;
  done.rejected_lines = empty_rejects(store->rejects_directory(), [](std::string_view) { return true; });
  const Store::RekeyReport report =
      store->rekey({key_file, choice.kinds, choice.sealed, renamer_of_values(), facets_in_records()});
  store->scrub();
  const auto keyed = store->keyed();
  done.generation = keyed->generation;
  done.values = report.values;
  done.rows = report.rows;
  done.records = report.records;
  const std::filesystem::path path = store->path();
  store.reset();
  (void)Store::open(path, options);  // a new log of writes and a new manifest
  done.snapshots = snapshots_with_values(path, keyed->kinds);
  return done;
}

}  // namespace

Rekeyed rotate_keys(const std::filesystem::path& path, std::size_t memory_bytes) {
  const StoreOptions options{OpenMode::write, memory_bytes};
  auto store = Store::open(path, options);
  const auto keyed = store->keyed();
  if (!keyed) throw Error(ErrorCode::usage, "the store has no keyed kinds; 'ringscope keys enable FILE' makes some");
  store->require_value_keys();
  store->require_day_keys();
  const std::filesystem::path file = key_file_of(*keyed);
  if (ValueKeys::read(file).count() == keyed->generation) ValueKeys::append(file);
  return rekey(std::move(store), options, file, {});
}

Rekeyed enable_keys(const std::filesystem::path& path, std::size_t memory_bytes, const std::filesystem::path& key_file,
                    const KeyedChoice& choice) {
  const StoreOptions options{OpenMode::create, memory_bytes};
  auto store = Store::open(path, options);
  store->require_value_keys();
  store->require_day_keys();
  if (const auto keyed = store->keyed(); keyed && ValueKeys::read(key_file).id(keyed->generation) != keyed->key_id)
    throw Error(ErrorCode::refused, "the store has keyed kinds under another key file", key_file.string());
  return rekey(std::move(store), options, key_file, choice);
}

}  // namespace ringscope
