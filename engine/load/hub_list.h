// The operator's own list of hubs: things that are known to be shared by strangers (exchange wallets, exits of VPNs,
// disposable mail domains), so that sharing them proves nothing.
//
// A text, plain or compressed by gzip or zstd, of one thing a line: VALUE for any kind, or KIND,VALUE for one. Under a
// header with a column "value" (and perhaps "kind") there may be other columns, which are passed over. From a '#' at
// the beginning of a line or after white space, the rest of the line is a comment. Values are spelled as in the events.
#pragma once

#include <map>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "engine/load/snapshot.h"

namespace ringscope {

class HubList {
 public:
  void add(std::string_view kind, std::string_view value);  // empty kind: any
  // The same, and what is stored of it where the kind is keyed. Throws as Store::stored_value().
  void add_as_stored(const Store& store, std::string_view kind, std::string_view value);
  bool holds(const std::string& kind, KeyHash value) const;
  std::size_t size() const { return size_; }  // things named, those named twice counted twice

 private:
  std::map<std::string, std::set<KeyHash>> hashes_;  // by kind; every spelling that events may have
  std::size_t size_ = 0;
};

// Throws Error input, naming file and line: a line without value, with more fields than two and no header, or of a
// network (192.0.2.0/24), for only single addresses can be met in the events; FileBytes and the decompressors throw
// too. With a store, values of its keyed kinds are known by what is stored of them, if their key file is at hand.
HubList read_hub_list(const std::string& file, const Store* store = nullptr);

// Per entity of the snapshot: 1 when it is on the list.
std::vector<char> mark_hubs(const HubList& list, const Snapshot& snapshot);

}  // namespace ringscope
