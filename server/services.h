// What the routes work with.
#pragma once

#include <filesystem>
#include <functional>
#include <memory>
#include <string>

#include "engine/config.h"
#include "engine/load/operator_lists.h"
#include "server/audit.h"
#include "server/hub.h"
#include "server/mask.h"
#include "server/metrics.h"
#include "server/sessions.h"
#include "server/store_writer.h"
#include "server/tokens.h"
#include "server/view_keeper.h"

namespace ringscope::server {

struct Settings {
  std::string version;                    // of the program
  std::uint32_t two_persons_above = 500;  // accounts of a ring
  std::size_t memory_bytes = 0;           // bound of the program
  bool read_only = false;                 // a snapshot is served
  bool has_asn_table = false;             // for indicators of systems
  bool sharing = false;                   // what rings share may be exported for others
  std::filesystem::path store;            // its directory
};

class Services {
 public:
  Settings settings;
  ViewKeeper& views;
  StoreWriter& writer;
  TokenList& tokens;
  Sessions& sessions;
  Hub& hub;
  Metrics& metrics;
  std::function<std::unique_ptr<Store>()> open_store;  // for reading
  std::function<std::unique_ptr<Store>(const std::string& name)> open_snapshot;
  const OperatorLists* lists = nullptr;  // for scoring
  const Config* config = nullptr;        // for guards
};

}  // namespace ringscope::server
