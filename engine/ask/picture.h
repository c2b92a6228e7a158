// A ring as a picture of nodes and edges, placed: members, the things that hold them together, and, where that would be
// too much to look at, sub-communities in the place of their members, which can be opened one by one.
//
// Input    a ring's map (engine/ask/ring_map.h).
// Output   nodes with positions, edges between them. A ring of at most most_nodes members and shared things is shown
//          whole; a larger one as its parts, and of the things those that join the most. Opening a part shows its
//          members and their own things, or its parts in turn. A part's name is its place ("g3", "g3.1"), the same as
//          long as the run is.
// Units    positions: 1 = the length of an edge between two nodes of no size; sizes: radius in the same unit.
// Cost     that of split() for each part that is opened, and of stress_layout() of what is shown.
// Same     bit for bit.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "engine/ask/ring_map.h"

namespace ringscope {

enum class NodeType { account, thing, group };
const char* to_string(NodeType type);

struct PictureNode {
  std::string id{};  // "a12", "t3", "g3.1": numbers within the ring, the same in every picture of the run
  NodeType type = NodeType::account;
  std::string kind{};          // of a thing: "ip", …
  std::string label{};         // account, value, or of a group its size and what it shares
  std::string group{};         // the part that it is in: of a member always, of a group the one above; empty: the ring
  std::uint64_t members = 1;   // of a group, or that have a thing
  std::uint64_t accounts = 0;  // of a thing: of the window
  double bits = 0;             // of a thing
  std::optional<Tier> tier{};  // of an account
  double membership = 0;       // of an account
  bool can_open = false;
  double x = 0, y = 0, size = 0;
};

struct PictureEdge {
  std::uint32_t from = 0, to = 0;  // positions in nodes
  std::uint64_t members = 1;       // that it stands for
  double bits = 0;                 // of one of them
};

struct Picture {
  std::string ring{};
  std::uint64_t run = 0;
  std::uint64_t members = 0, things = 0;  // of the ring
  bool collapsed = false;                 // groups stand for members
  std::vector<std::string> open{};        // groups that are open, in the order asked
  std::vector<std::string> refused{};     // those that would not fit, or that there are none of
  std::uint64_t things_left_out = 0;
  std::vector<PictureNode> nodes{};
  std::vector<PictureEdge> edges{};
};

struct PictureOptions {
  std::size_t most_nodes = 1500;
  std::size_t most_things = 150;    // of a collapsed picture, on top of open groups' own
  std::vector<std::string> open{};  // names of groups
};

// `ring` has its members at least in short (engine/ask/ring_members.h). Names of accounts and things: a look-up each of
// those shown.
Picture draw_ring(const Store& store, const Ring& ring, const RingMap& map, const PictureOptions& options = {});

// Schema "ringscope.picture/1", one line.
std::string picture_to_json(const Picture& picture);

}  // namespace ringscope
