// Where an artefact comes from: written beside what a command writes, and enough to make it again.
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "cli/command.h"

namespace ringscope::cli {

// Hash of the commit that the program was built from, with "+changed" for sources that were not committed; empty: the
// sources were in no repository.
const char* source_commit();

struct ProducedFile {
  std::string name;  // below the output's directory; of a single file its name
  std::string sha256;
  std::uint64_t bytes = 0;
};

struct Provenance {
  std::string program, commit;         // version, source_commit()
  std::vector<std::string> arguments;  // after the program's name
  std::string directory;               // that they were given in
  std::string config, config_hash;     // as TOML
  std::uint64_t seed = 0;
  std::string store;      // absolute path, with @NAME of a snapshot
  std::uint64_t run = 0;  // the latest; 0: none, or no store
  std::string run_digest;
  std::string snapshot_sha256;      // of a snapshot: what its manifest says of its content
  std::string output;               // absolute: file or directory; empty: standard output
  std::vector<ProducedFile> files;  // ascending by name
};

// Schema "ringscope.provenance/1".
std::string provenance_to_json(const Provenance& provenance);
// Throws Error input.
Provenance provenance_from_json(std::string_view json);

// Value of an option that names an output (--out, --dir, --svg); nothing: results go to standard output.
std::optional<std::string> output_of(const std::vector<std::string>& arguments);
// Files of an output, a directory's all but its provenance.json. O(bytes).
std::vector<ProducedFile> produced_files(const std::filesystem::path& output);
// FILE.provenance.json; of a directory the provenance.json in it, but beside it when it is to be given away.
enum class ProvenancePlace { within, beside };
std::filesystem::path provenance_path(const std::filesystem::path& output,
                                      ProvenancePlace place = ProvenancePlace::within);

// After a command that wrote an output (export, snapshot export, simulate, calibrate, pictures): writes its provenance.
// Does nothing for other commands.
void write_provenance(const Globals& globals, const std::vector<std::string>& arguments);

}  // namespace ringscope::cli
