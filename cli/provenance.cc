#include "cli/provenance.h"

#include <algorithm>
#include <array>
#include <fstream>
#include <iterator>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "base/error.h"
#include "cli/output_file.h"
#include "engine/ask/run_view.h"
#include "engine/ask/snapshots.h"
#include "storage/sha256.h"
#include "storage/snapshots.h"

namespace ringscope::cli {
namespace {

using Json = nlohmann::ordered_json;
namespace fs = std::filesystem;

constexpr std::array<std::string_view, 3> kOutputs = {"--out", "--dir", "--svg"};
constexpr std::array<std::string_view, 7> kCommands = {"export", "snapshot", "simulate",       "calibrate",
                                                       "rings",  "ring",     "compare-methods"};
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

// The command, and whether it is one whose results are recorded.
bool is_recorded(const std::vector<std::string>& arguments) {
  return std::ranges::any_of(
      arguments, [](const std::string& one) { return std::ranges::find(kCommands, one) != kCommands.end(); });
}

void describe_store(const Globals& globals, Provenance& provenance) {
  const StorePlace place = parse_place(globals.db);
  if (!fs::exists(place.store)) return;
  provenance.store = fs::absolute(place.store).lexically_normal().string();
  if (!place.snapshot.empty()) {
    provenance.store += "@" + place.snapshot;
    provenance.snapshot_sha256 = manifest_from_json(snapshot_manifest(place.store, place.snapshot)).content.sha256;
  }
  const RunSummary run = asked_run(*open_store(globals, OpenMode::read_only));
  provenance.run = run.run;
  provenance.run_digest = run.digest;
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

std::optional<std::string> output_of(const std::vector<std::string>& arguments) {
  for (std::size_t i = 0; i < arguments.size(); ++i) {
    for (const std::string_view option : kOutputs) {
      if (arguments[i] == option && i + 1 < arguments.size()) return arguments[i + 1];
      if (arguments[i].starts_with(std::string(option) + "=")) return arguments[i].substr(option.size() + 1);
    }
  }
  return std::nullopt;
}

std::vector<ProducedFile> produced_files(const fs::path& output) {
  std::vector<ProducedFile> files;
  if (!fs::is_directory(output)) {
    // Parts that go with the file bear its name: graph.parquet, graph.nodes.parquet.
    const std::string stem = output.stem().string() + ".";
    for (const fs::directory_entry& entry : fs::directory_iterator(fs::absolute(output).parent_path())) {
      const std::string name = entry.path().filename().string();
      const bool part = name.starts_with(stem) && (name.find(".nodes.") != std::string::npos ||
                                                   name.ends_with(".rows.txt") || name.ends_with(".columns.txt"));
      if (entry.is_regular_file() && (name == output.filename() || part)) files.push_back(produced(entry.path(), name));
    }
  } else {
    for (const fs::directory_entry& entry : fs::recursive_directory_iterator(output)) {
      const std::string name = entry.path().lexically_relative(output).string();
      if (entry.is_regular_file() && name != kName) files.push_back(produced(entry.path(), name));
    }
  }
  std::ranges::sort(files, {}, &ProducedFile::name);
  return files;
}

fs::path provenance_path(const fs::path& output, ProvenancePlace place) {
  const bool within = place == ProvenancePlace::within && fs::is_directory(output);
  return within ? output / kName : fs::path(output.string() + "." + kName);
}

void write_provenance(const Globals& globals, const std::vector<std::string>& arguments) {
  const std::optional<std::string> named = output_of(arguments);
  if (!named || *named == "-" || !is_recorded(arguments) || !fs::exists(*named)) return;
  fs::path output = fs::absolute(*named).lexically_normal();
  if (!output.has_filename()) output = output.parent_path();              // "out/"
  if (!fs::is_directory(output) && !fs::is_regular_file(output)) return;  // a device, a pipe
  Provenance provenance;
  const Config config = globals.config();
  provenance.program = RINGSCOPE_VERSION;
  provenance.commit = source_commit();
  provenance.arguments = arguments;
  provenance.directory = fs::current_path().string();
  provenance.config = print_config(config);
  provenance.config_hash = config_hash(config);
  provenance.seed = config.detect.seed;
  provenance.output = output.string();
  describe_store(globals, provenance);
  provenance.files = produced_files(output);
  const bool given_away = std::ranges::find(arguments, "--pseudonymous") != arguments.end();
  const ProvenancePlace place = given_away ? ProvenancePlace::beside : ProvenancePlace::within;
  write_file(provenance_path(output, place), provenance_to_json(provenance));
}

}  // namespace ringscope::cli
