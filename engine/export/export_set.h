// Several exports as one thing: files in a directory, and last of all a manifest that says what they are.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "engine/export/compress.h"
#include "engine/export/export.h"

namespace ringscope {

struct ExportSetOptions {
  std::filesystem::path directory;             // made when it is not there
  std::vector<const ExportFormat*> formats{};  // "accounts.csv", "rings.jsonl", … one file each
  ExportFilter filter{};                       // --after and --limit hold for those that have numbers
  Packing packing = Packing::none;
  std::string config_hash{};
  std::string version{};  // of the program
};

struct ExportedFile {
  std::string name;
  std::string level, format;
  std::uint64_t rows = 0;
  std::uint64_t bytes = 0;  // as the file lies
  std::string sha256;       // of the file as it lies
};

struct ExportSet {
  std::uint64_t run = 0;
  std::uint64_t after = 0, high_water = 0;  // events after the one up to the other
  std::vector<ExportedFile> files;
};

// Each file appears in full or not at all, the manifest after all of them: who finds one whose SHA-256 is right has a
// whole export, whatever happened in between. The files that are not of this set stay. Throws Error as export_run().
ExportSet export_set(const Store& store, const ExportSetOptions& options);

// Schema "ringscope.manifest/1", one line.
std::string manifest_to_json(const ExportSet& set, const ExportSetOptions& options);

}  // namespace ringscope
