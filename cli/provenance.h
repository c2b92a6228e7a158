// Where an artefact comes from: written beside what a command writes, and enough to make it again.
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "cli/command_line.h"

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
  std::string store;      // as --db named it, absolute, with @NAME of a snapshot; empty: the command reads none
  std::string snapshot;   // that was read, named by --db or by the command; empty: the store itself
  std::uint64_t run = 0;  // the latest of what was read; 0: none, or no store
  std::string run_digest;
  std::string snapshot_sha256;      // what the snapshot's manifest says of its content
  std::string output;               // absolute: file or directory; empty: standard output
  std::vector<ProducedFile> files;  // ascending by name
};

// Schema "ringscope.provenance/1".
std::string provenance_to_json(const Provenance& provenance);
// Throws Error input.
Provenance provenance_from_json(std::string_view json);

// A command that only reads, writes where --out, --dir or --svg says, and whose output is recorded. No other is ever
// run again from a provenance, which may come from anybody.
struct RecordedCommand {
  std::string_view name;  // "snapshot export"
  bool reads_store;
};
std::span<const RecordedCommand> recorded_commands();
// Null: the command that was named is none of these.
const RecordedCommand* recorded_command(const CommandLine& line);

// Value of the option that names the output of the command; nothing: results go to standard output.
std::optional<std::string> output_of(const CommandLine& line);
// What the command wrote, ascending by name: a graph's parts, the files that an export's manifest lists, of another
// directory all files but its provenance.json. O(bytes).
std::vector<ProducedFile> produced_files(const CommandLine& line, const std::filesystem::path& output);
// A store that can be opened as --db: the store or snapshot that was read.
std::filesystem::path place_read(const Provenance& provenance);
// FILE.provenance.json; of a directory the provenance.json in it, but beside it when it is to be given away.
enum class ProvenancePlace { within, beside };
std::filesystem::path provenance_path(const std::filesystem::path& output,
                                      ProvenancePlace place = ProvenancePlace::within);

// After a command whose output is recorded: writes its provenance. Does nothing for other commands. `arguments`: as
// they were given.
void write_provenance(const CommandLine& line, const std::vector<std::string>& arguments);

}  // namespace ringscope::cli
