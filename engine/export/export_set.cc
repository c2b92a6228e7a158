#include "engine/export/export_set.h"

#include "base/atomic_file.h"
#include "engine/detect/ring/json_parts.h"
#include "storage/sha256.h"

namespace ringscope {
namespace {

std::string file_name(const ExportFormat& format, Packing packing) {
  const char* suffix = packing == Packing::gzip ? ".gz" : packing == Packing::zstd ? ".zst" : "";
  return fmt::format("{}.{}{}", format.level, format.suffix.empty() ? format.name : format.suffix, suffix);
}

ExportedFile export_one(const Store& store, const ExportFormat& format, const ExportSetOptions& options) {
  ExportFilter filter = options.filter;
  if (!format.has_cursor) filter.after = filter.limit = 0;
  ExportedFile file{file_name(format, options.packing), std::string(format.level), std::string(format.name), 0, 0, {}};
  AtomicFile out(options.directory / file.name);
  Sha256 digest;
  const auto packer = make_packer(options.packing, [&](std::string_view bytes) {
    digest.add(bytes);
    file.bytes += bytes.size();
    out.write(bytes);
  });
  file.rows = export_run(store, format, filter, ExportSink([&](std::string_view bytes) { packer->write(bytes); })).rows;
  packer->finish();
  out.commit();
  file.sha256 = digest.hex();
  return file;
}

void write_file(const std::filesystem::path& path, std::string_view text) {
  AtomicFile file(path);
  file.write(text);
  file.commit();
}

// Its own checksum goes before it, so that who finds a manifest can check it.
void write_manifest(const std::filesystem::path& directory, const std::string& manifest) {
  Sha256 digest;
  digest.add(manifest);
  write_file(directory / "manifest.json.sha256", digest.hex() + "  manifest.json\n");
  write_file(directory / "manifest.json", manifest);
}

}  // namespace

ExportSet export_set(const Store& store, const ExportSetOptions& options) {
  for (const ExportFormat* format : options.formats) check_export(store, *format, options.filter);
  std::error_code failed;
  std::filesystem::create_directories(options.directory, failed);
  if (failed) throw Error(ErrorCode::io, "cannot make the directory: " + failed.message(), options.directory.string());
  ExportSet set;
  set.run = store.counts().runs;
  set.after = options.filter.after;
  set.high_water = store.last_event();
  for (const ExportFormat* format : options.formats) set.files.push_back(export_one(store, *format, options));
  write_manifest(options.directory, manifest_to_json(set, options) + "\n");
  return set;
}

std::string manifest_to_json(const ExportSet& set, const ExportSetOptions& options) {
  Json files = Json::array();
  for (const ExportedFile& file : set.files)
    files.push_back({{"name", file.name},
                     {"level", file.level},
                     {"format", file.format},
                     {"rows", file.rows},
                     {"bytes", file.bytes},
                     {"sha256", file.sha256}});
  return dump({{"schema", "ringscope.manifest/1"},
               {"run", set.run},
               {"after", set.after},
               {"high_water", set.high_water},
               {"config_hash", options.config_hash},
               {"program", options.version},
               {"format_version", kFormatVersion},
               {"files", std::move(files)}});
}

}  // namespace ringscope
