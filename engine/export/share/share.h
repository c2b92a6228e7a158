// A release for others: who touched what, and which rings there are, under names that only the key's holder can trace
// back; with a report of the risk that is left, and a card that says what the data is.
#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <string>
#include <vector>

#include "engine/export/graph/graph.h"
#include "engine/export/share/pseudonym.h"

namespace ringscope {

struct ShareOptions {
  std::string release;  // its name: another gives other pseudonyms
  AddressMode addresses = AddressMode::prefix;
  Seconds jitter = 3600;    // times are moved by up to so much either way, an edge as a whole
  std::uint32_t least = 5;  // accounts that a thing needs to be told of
};

// A graph as it may be given away. Nodes have no place and no bits.
struct SharedGraph {
  ActivityGraph graph;  // nodes by pseudonym, so that no order tells of the values
  struct Dropped {
    std::uint64_t things = 0, edges = 0;
  };
  std::map<std::string, Dropped> rare{};  // by kind: things of fewer accounts
  std::uint64_t accounts_dropped = 0;     // nothing of theirs is left
  std::uint64_t ring_accounts_dropped = 0;
};
SharedGraph share(const ActivityGraph& graph, std::string_view key, const ShareOptions& options);

// What whoever gets the release could still find out, measured on the release itself.
struct ShareRisk {
  std::uint64_t accounts = 0;
  // Accounts alike in how many things of each kind they have, as in ARX: who knows these numbers of a person …
  std::uint64_t classes = 0;
  std::uint64_t smallest_class = 0;  // k of k-anonymity in these numbers
  double prosecutor_highest = 0;     // … finds the right account with at most this chance
  double unique_share = 0;           // accounts alone in their class
  double marketer = 0;               // mean chance over all accounts
  // Who holds the same log with names, and matches each account by the numbers of accounts on its things:
  double structure_unique_share = 0;  // accounts found for certain
  double structure_marketer = 0;      // mean chance over all accounts
};
ShareRisk measure_risk(const ActivityGraph& graph);

// What the release's files say where it comes from.
struct ShareSource {
  std::string version, commit, digest, config_hash;  // of program and run
};

struct SharedFile {
  std::string name, sha256;
  std::uint64_t bytes = 0, rows = 0;
};

// edges.csv, accounts.csv, risk.json, README.md and croissant.json in a directory, each in full or not at all, the card
// last. Throws Error usage (an unfit key, an empty release), io, no_space.
std::vector<SharedFile> write_release(const ActivityGraph& graph, std::string_view key, const ShareOptions& options,
                                      const ShareSource& source, const std::filesystem::path& directory);

// Schema "ringscope.share-risk/1".
std::string risk_to_json(const ShareRisk& risk, const SharedGraph& shared, const ShareOptions& options);

// -- the card (share_card.cc)
std::string share_readme(const ShareRisk& risk, const SharedGraph& shared, const ShareOptions& options,
                         const ShareSource& source);
// JSON-LD after Croissant 1.0, http://mlcommons.org/croissant/1.0.
std::string share_croissant(const SharedGraph& shared, const ShareOptions& options, const ShareSource& source,
                            const std::vector<SharedFile>& files);

}  // namespace ringscope
