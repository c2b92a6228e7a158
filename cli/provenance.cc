#include "cli/provenance.h"

#include <algorithm>
#include <array>
#include <fstream>

#include <fmt/format.h>

#include "base/error.h"
#include "cli/output_file.h"
#include "engine/ask/run_view.h"
#include "engine/ask/snapshots.h"
#include "engine/export/graph/graph.h"
#include "engine/ingest/bytes.h"
#include "engine/ingest/graph/graph_file.h"
#include "engine/json.h"
#include "storage/sha256.h"
#include "storage/snapshots.h"

namespace ringscope::cli {
namespace {

namespace fs = std::filesystem;

constexpr std::array<const char*, 3> kOutputs = {"--out", "--dir", "--svg"};
constexpr auto kRecorded = std::to_array<RecordedCommand>({
    {"export", true},
    {"snapshot export", true},
    {"verdicts export", true},
    {"rings", true},
    {"ring", true},
    {"calibrate", true},
    {"simulate", false},
});
constexpr const char* kName = "provenance.json";

ProducedFile produced(const fs::path& file, std::string name) {
  std::ifstream in(file, std::ios::binary);
  if (!in) throw Error(ErrorCode::io, "cannot read what was written", file.string());
  Sha256 hash;
  ProducedFile result{std::move(name), {}, 0};
  std::array<char, 1 << 16> buffer{};
  while (in.read(buffer.data(), buffer.size()) || in.gcount() > 0) {
    hash.add({buffer.data(), static_cast<std::size_t>(in.gcount())});
    result.bytes += static_cast<std::uint64_t>(in.gcount());
  }
  result.sha256 = hash.hex();
  return result;
}

// The command's own word for a snapshot, unless --db names one.
std::string snapshot_named(const CommandLine& line) {
  const ChosenCommand chosen = chosen_command(line.app);
  if (chosen.name != "snapshot export") return "";
  const std::string name = option_text(*chosen.app, "NAME");
  return name == kLiveStore ? "" : name;
}

void describe_store(const CommandLine& line, Provenance& provenance) {
  const StorePlace place = parse_place(line.globals.db);
  provenance.store = fs::absolute(place.store).lexically_normal().string();
  if (!place.snapshot.empty()) provenance.store += "@" + place.snapshot;
  provenance.snapshot = place.snapshot.empty() ? snapshot_named(line) : place.snapshot;
  if (!provenance.snapshot.empty())
    provenance.snapshot_sha256 = manifest_from_json(snapshot_manifest(place.store, provenance.snapshot)).content.sha256;
  Globals of = line.globals;
  of.db = place_read(provenance);
  const RunSummary run = asked_run(*open_store(of, OpenMode::read_only));
  provenance.run = run.run;
  provenance.run_digest = run.digest;
}

// Names of the files of a directory that `export --dir` wrote, as its manifest has them.
std::vector<std::string> files_of_set(const fs::path& directory) {
  std::vector<std::string> names = {"manifest.json", "manifest.json.sha256"};
  const Json manifest = Json::parse(read_file((directory / names[0]).string()));
  for (const Json& file : manifest.at("files")) names.push_back(file.at("name"));
  return names;
}

std::vector<std::string> files_below(const fs::path& directory) {
  std::vector<std::string> names;
  for (const fs::directory_entry& entry : fs::recursive_directory_iterator(directory)) {
    if (entry.is_regular_file()) names.push_back(entry.path().lexically_relative(directory).string());
  }
  std::erase(names, kName);
  return names;
}

// Of a graph all its parts; of another file its own name.
std::vector<std::string> files_beside(const ChosenCommand& chosen, const fs::path& output) {
  const std::string level = chosen.name == "snapshot export" ? "graph" : option_text(*chosen.app, "--level");
  if (level != "graph" && level != "links") return {output.filename().string()};
  const GraphEdges edges = level == "links" ? GraphEdges::links : GraphEdges::sightings;
  const std::string format = option_text(*chosen.app, "--format");
  std::vector<std::string> names;
  for (const GraphPart& part : (format.empty() ? graph_formats(edges).front() : find_graph_format(format, edges)).parts)
    names.push_back(part_path(output, part.infix, part.suffix).filename().string());
  return names;
}

}  // namespace

std::string provenance_to_json(const Provenance& provenance) {
  Json files = Json::array();
  for (const ProducedFile& file : provenance.files)
    files.push_back({{"name", file.name}, {"sha256", file.sha256}, {"bytes", file.bytes}});
  const Json json = {{"schema", "ringscope.provenance/1"},
                     {"program", provenance.program},
                     {"commit", provenance.commit},
                     {"arguments", provenance.arguments},
                     {"directory", provenance.directory},
                     {"config_hash", provenance.config_hash},
                     {"seed", provenance.seed},
                     {"store", provenance.store},
                     {"snapshot", provenance.snapshot},
                     {"run", provenance.run},
                     {"run_digest", provenance.run_digest},
                     {"snapshot_sha256", provenance.snapshot_sha256},
                     {"output", provenance.output},
                     {"files", files},
                     {"config", provenance.config}};
  return json.dump(2, ' ', false, Json::error_handler_t::replace) + "\n";
}

Provenance provenance_from_json(std::string_view text) {
  try {
    const Json json = Json::parse(text);
    if (json.at("schema") != "ringscope.provenance/1") throw Error(ErrorCode::input, "it is of another schema");
    Provenance result;
    json.at("program").get_to(result.program);
    json.at("commit").get_to(result.commit);
    json.at("arguments").get_to(result.arguments);
    json.at("directory").get_to(result.directory);
    json.at("config_hash").get_to(result.config_hash);
    json.at("seed").get_to(result.seed);
    json.at("store").get_to(result.store);
    result.snapshot = json.value("snapshot", "");  // an earlier program did not say
    json.at("run").get_to(result.run);
    json.at("run_digest").get_to(result.run_digest);
    json.at("snapshot_sha256").get_to(result.snapshot_sha256);
    json.at("output").get_to(result.output);
    json.at("config").get_to(result.config);
    for (const Json& file : json.at("files"))
      result.files.push_back({file.at("name").get<std::string>(), file.at("sha256").get<std::string>(),
                              file.at("bytes").get<std::uint64_t>()});
    return result;
  } catch (const Json::exception& error) {
    throw Error(ErrorCode::input, fmt::format("no provenance of an artefact: {}", error.what()));
  }
}

std::span<const RecordedCommand> recorded_commands() { return kRecorded; }

const RecordedCommand* recorded_command(const CommandLine& line) {
  const auto at = std::ranges::find(kRecorded, chosen_command(line.app).name, &RecordedCommand::name);
  return at == kRecorded.end() ? nullptr : &*at;
}

std::optional<std::string> output_of(const CommandLine& line) {
  const ChosenCommand chosen = chosen_command(line.app);
  if (chosen.app == nullptr) return std::nullopt;
  for (const char* option : kOutputs) {
    if (std::string named = option_text(*chosen.app, option); !named.empty()) return named;
  }
  return std::nullopt;
}

std::vector<ProducedFile> produced_files(const CommandLine& line, const fs::path& output) {
  const ChosenCommand chosen = chosen_command(line.app);
  const bool directory = fs::is_directory(output);
  const std::vector<std::string> names = !directory                ? files_beside(chosen, output)
                                         : chosen.name == "export" ? files_of_set(output)
                                                                   : files_below(output);
  std::vector<ProducedFile> files;
  files.reserve(names.size());
  for (const std::string& name : names)
    files.push_back(produced(directory ? output / name : output.parent_path() / name, name));
  std::ranges::sort(files, {}, &ProducedFile::name);
  return files;
}

fs::path place_read(const Provenance& provenance) {
  if (provenance.snapshot.empty()) return provenance.store;
  return snapshot_path(parse_place(provenance.store).store, provenance.snapshot);
}

fs::path provenance_path(const fs::path& output, ProvenancePlace place) {
  const bool within = place == ProvenancePlace::within && fs::is_directory(output);
  return within ? output / kName : fs::path(output.string() + "." + kName);
}

void write_provenance(const CommandLine& line, const std::vector<std::string>& arguments) {
  const RecordedCommand* const command = recorded_command(line);
  const std::optional<std::string> named = output_of(line);
  if (command == nullptr || !named || *named == "-" || !fs::exists(*named)) return;
  fs::path output = fs::absolute(*named).lexically_normal();
  if (!output.has_filename()) output = output.parent_path();              // "out/"
  if (!fs::is_directory(output) && !fs::is_regular_file(output)) return;  // a device, a pipe
  Provenance provenance;
  const Config config = line.globals.config();
  provenance.program = RINGSCOPE_VERSION;
  provenance.commit = source_commit();
  provenance.arguments = arguments;
  provenance.directory = fs::current_path().string();
  provenance.config = print_config(config);
  provenance.config_hash = config_hash(config);
  provenance.seed = config.detect.seed;
  provenance.output = output.string();
  if (command->reads_store) describe_store(line, provenance);
  provenance.files = produced_files(line, output);
  const CLI::Option* const shared = chosen_command(line.app).app->get_option_no_throw("--pseudonymous");
  const bool given_away = shared != nullptr && shared->count() > 0;
  const ProvenancePlace place = given_away ? ProvenancePlace::beside : ProvenancePlace::within;
  write_file(provenance_path(output, place), provenance_to_json(provenance));
}

}  // namespace ringscope::cli
