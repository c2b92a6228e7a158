// 'snapshot export': a snapshot's graph as a file, or as a release that can be given away.
#pragma once

#include <filesystem>
#include <string>

#include "cli/command.h"
#include "engine/export/share/share.h"

namespace ringscope::cli {

struct SnapshotExport {
  std::string name;
  std::string format = "graphml";
  std::filesystem::path out;
  std::string ring;
  bool pseudonymous = false;
  std::filesystem::path key;
  std::string release, addresses = "prefix", jitter = "1h";
  std::uint32_t least = 5;
};

void add_snapshot_export(CLI::App& app, SnapshotExport& options);
// The exit status.
int export_snapshot(const Globals& globals, const SnapshotExport& options);

}  // namespace ringscope::cli
