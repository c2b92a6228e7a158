#include "engine/ask/snapshots.h"

#include <chrono>

#include <fmt/format.h>

#include "base/error.h"
#include "engine/ask/run_view.h"
#include "engine/detect/ring/json_parts.h"
#include "engine/json.h"
#include "engine/load/snapshot.h"

namespace ringscope {
namespace {

Seconds now() {
  return std::chrono::duration_cast<std::chrono::seconds>(std::chrono::system_clock::now().time_since_epoch()).count();
}

// Names of the account side, and of things that are touched.
void count_names(const Store& copy, SnapshotManifest& manifest) {
  const auto names = copy.name_cursor();
  for (Name name; names->next(name);) {
    if (name.key.kind == kAccountKind) {
      ++manifest.accounts;
    } else if (is_layer_kind(copy.kind_name(name.key.kind))) {
      ++manifest.entities;
    }
  }
}

SnapshotManifest describe(const Store& copy) {
  SnapshotManifest manifest;
  manifest.created = now();
  manifest.format = kFormatVersion;
  count_names(copy, manifest);
  const Store::Counts counts = copy.counts();
  manifest.batches = counts.batches;
  manifest.runs = counts.runs;
  manifest.days = copy.day_range();
  const RunSummary run = asked_run(copy);
  manifest.run = run.run;
  manifest.run_digest = run.digest;
  manifest.rings = run.rings;
  manifest.content = content_of(copy);
  return manifest;
}

Json families_json(const StoreContent& content) {
  Json families = Json::array();
  for (const StoreContent::Family& family : content.families)
    families.push_back({{"name", family.name}, {"entries", family.entries}, {"bytes", family.bytes}});
  return families;
}

StoreContent content_from(const Json& json) {
  StoreContent content;
  content.sha256 = json.at("sha256").get<std::string>();
  for (const Json& family : json.at("families"))
    content.families.push_back({family.at("name").get<std::string>(), family.at("entries").get<std::uint64_t>(),
                                family.at("bytes").get<std::uint64_t>()});
  return content;
}

std::optional<DayWindow> days_from(const Json& json) {
  if (json.at("first_day").is_null()) return std::nullopt;
  const auto day = [&](const char* key) {
    const std::optional<Seconds> time = parse_time(json.at(key).get<std::string>());
    if (!time) throw Error(ErrorCode::corrupt, "no day");
    return day_of(*time);
  };
  return DayWindow{day("first_day"), day("last_day")};
}

}  // namespace

std::string manifest_to_json(const SnapshotManifest& manifest) {
  const auto day_json = [&](Day DayWindow::*day) {
    return manifest.days ? Json(format_day((*manifest.days).*day)) : Json(nullptr);
  };
  const Json json = {{"schema", "ringscope.snapshot/1"},
                     {"name", manifest.name},
                     {"created", manifest.created},
                     {"program", manifest.program},
                     {"format", manifest.format},
                     {"accounts", manifest.accounts},
                     {"entities", manifest.entities},
                     {"batches", manifest.batches},
                     {"first_day", day_json(&DayWindow::first)},
                     {"last_day", day_json(&DayWindow::last)},
                     {"runs", manifest.runs},
                     {"run", manifest.run},
                     {"run_digest", manifest.run_digest},
                     {"rings", manifest.rings},
                     {"sha256", manifest.content.sha256},
                     {"families", families_json(manifest.content)},
                     {"config_hash", manifest.config_hash},
                     {"config", manifest.config}};
  return dump(json);
}

SnapshotManifest manifest_from_json(std::string_view text) {
  try {
    const Json json = Json::parse(text);
    SnapshotManifest manifest;
    manifest.name = json.at("name").get<std::string>();
    manifest.created = json.at("created").get<Seconds>();
    manifest.program = json.at("program").get<std::string>();
    manifest.format = json.at("format").get<std::uint32_t>();
    manifest.accounts = json.at("accounts").get<std::uint64_t>();
    manifest.entities = json.at("entities").get<std::uint64_t>();
    manifest.batches = json.at("batches").get<std::uint64_t>();
    manifest.runs = json.at("runs").get<std::uint64_t>();
    manifest.days = days_from(json);
    manifest.run = json.at("run").get<std::uint64_t>();
    manifest.run_digest = json.at("run_digest").get<std::string>();
    manifest.rings = json.at("rings").get<std::uint64_t>();
    manifest.content = content_from(json);
    manifest.config_hash = json.at("config_hash").get<std::string>();
    manifest.config = json.at("config").get<std::string>();
    return manifest;
  } catch (const Json::exception& error) {
    throw Error(ErrorCode::corrupt, fmt::format("damaged manifest of a snapshot: {}", error.what()));
  }
}

SnapshotManifest take_snapshot(std::unique_ptr<Store> live, std::string_view name, const Config& config,
                               std::string_view program) {
  SnapshotManifest manifest;
  create_snapshot(std::move(live), name, [&](const Store& copy) {
    manifest = describe(copy);
    manifest.name = name;
    manifest.program = program;
    manifest.config_hash = config_hash(config);
    manifest.config = print_config(config);
    return manifest_to_json(manifest) + "\n";
  });
  return manifest;
}

std::vector<SnapshotManifest> list_snapshots(const std::filesystem::path& store) {
  std::vector<SnapshotManifest> manifests;
  for (const std::string& name : snapshot_names(store))
    manifests.push_back(manifest_from_json(snapshot_manifest(store, name)));
  return manifests;
}

std::vector<std::string> verify_snapshot(const std::filesystem::path& store, std::string_view name) {
  try {
    const SnapshotManifest manifest = manifest_from_json(snapshot_manifest(store, name));
    if (manifest.name != name) return {fmt::format("snapshot {}: its manifest is that of {}", name, manifest.name)};
    const auto copy = Store::open(snapshot_path(store, name), {.mode = OpenMode::read_only});
    const StoreContent content = content_of(*copy);
    if (content.sha256 == manifest.content.sha256) return {};
    return {fmt::format("snapshot {}: its content is not what the manifest says (SHA-256 {}, should be {})", name,
                        content.sha256, manifest.content.sha256)};
  } catch (const Error& error) {
    return {fmt::format("snapshot {}: {}", name, error.what())};
  }
}

}  // namespace ringscope
