// Rings and runs out of the store.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "engine/detect/ring/ring.h"
#include "storage/store.h"

namespace ringscope {

// The last published run. Throws Error not_found when there is none.
RunSummary latest_run(const Store& store);
// Its number, without reading its summary. Throws likewise.
std::uint64_t latest_run_number(const Store& store);

// Throws Error not_found when there is no run of this number.
RunSummary find_run(const Store& store, std::uint64_t run);

// How much of a ring is read: `heads` leaves the members with their key only, which is enough for lists and sizes.
enum class RingParts { heads, members };

// Rings as the verdicts that stand make of them (engine/detect/ring/overrule.h). Those of a run by tier, score and
// size, descending, then by id; members by membership, descending, then by name. O(rings), with members O(members of
// the run).
std::vector<Ring> read_rings(const Store& store, std::uint64_t run, RingParts parts);

// Calls visit(ring) for each, members included, in the same order and one after the other: memory for what is read
// ahead (eight rings, or of small ones 32,000 members), and a line for each ring. O(members); rings are read on all
// threads.
void visit_rings(const Store& store, std::uint64_t run, const std::function<void(const Ring&)>& visit);

// Appends what is to be written of a ring. Called on several threads at once.
using RingPrinter = std::function<void(const Ring& ring, std::string& text)>;

// Calls print() for each ring, and take() with what it printed of some rings after the other, in the order of
// visit_rings() and on the calling thread. Memory: eight rings and what was printed of eight times a thousand members,
// or of larger rings. O(members), reading and printing on all threads.
void print_rings(const Store& store, std::uint64_t run, const RingPrinter& print,
                 const std::function<void(std::string_view text)>& take);

// Whether find_ring() has something to find, one ring or several. One look-up for an id in full, else O(rings).
bool has_ring(const Store& store, std::uint64_t run, std::string_view id);

// The ring of a run with this id, or the only one whose id starts with it ("7f3a" for "R-7f3a91c2"), members included.
// Throws Error not_found (none) or usage (several).
Ring find_ring(const Store& store, std::uint64_t run, std::string_view id);

}  // namespace ringscope
