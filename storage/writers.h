// How a store is written: rows of a log, a run, and what people decide. Each is one step that is seen and durable at
// once or not at all.
#pragma once

#include <cstdint>
#include <functional>
#include <span>
#include <string_view>

#include "storage/stored.h"

namespace ringscope {

// One atomic, durable write of ingested rows. Two implementations: bulk (sorted files, one atomic ingest: for files)
// and live (one synced write batch: for small batches and standard input). Nothing is visible before commit(); dropping
// it discards all.
class BatchWriter {
 public:
  virtual ~BatchWriter() = default;
  // Rows may come in any order; ascending runs by account are fastest. The same account may come again.
  virtual void add_row(const AccountRow& row) = 0;
  // Rows of one of several threads, ascending: what needs no order is done at once, the rest is handed to `in_turn`,
  // which calls it when nobody else adds anything.
  using InTurn = std::function<void(const std::function<void()>& add)>;
  virtual void add_rows(std::span<const AccountRow> rows, const InTurn& in_turn);
  virtual void add_name(const Name& name) = 0;  // repeats are fine
  // The value of a sealed kind behind a name, seen on a day; repeats are fine, the latest day counts (Store::reveal).
  // Throws as Store::require_day_keys(), and Error internal where no store is behind the writer.
  virtual void add_sealed(const Name& name, Day day, std::string_view value);
  virtual void set_position(const SourcePosition& position) = 0;
  virtual void add_reject(const Reject& reject) = 0;
  // Durable on return. May be called once.
  virtual CommitInfo commit() = 0;
};

// Writes one run; invisible until commit(), durable after. Dropping it discards.
//
// A run over a base has all that the base has, but for what is added here under the same key and what is dropped; its
// readers need not know. The base must be no such run itself.
class RunWriter {
 public:
  virtual ~RunWriter() = default;
  virtual std::uint64_t run() const = 0;  // the number this run will have
  virtual void add_ring(const StoredRing& ring) = 0;
  // The members of a ring one after the other, in the order in which visit_roll() gives them; they replace the base's.
  virtual void add_member(const StoredMember& member) = 0;
  virtual void add_links(KeyHash account, std::span<const StoredLink> links) = 0;
  virtual void add_entity(const StoredEntity& entity) = 0;
  // The pair of an account without links that came nearest to being one; at most one for each account.
  virtual void add_nearest(KeyHash account, const StoredLink& nearest) = 0;
  // The ledger: written by the very step that makes the run visible. An event gets the next number, which is returned;
  // a standing replaces that of the same id.
  virtual std::uint64_t add_event(std::string_view payload) = 0;
  virtual void set_standing(const StoredRing& standing) = 0;
  // An entry of the run's index, under any key; kept as long as the run's links.
  virtual void add_index(std::string_view key, std::string_view value) = 0;
  // The base's are not this run's.
  virtual void drop_ring(std::string_view id) = 0;
  virtual void drop_member(KeyHash account) = 0;
  virtual void drop_links(KeyHash account) = 0;
  virtual void drop_entity(VertexKey entity) = 0;
  virtual void drop_nearest(KeyHash account) = 0;
  // The next part of the run's image, in place of any earlier run's: bytes that read_image() gives back. The accounts
  // of batches committed from now on are noted, see touched().
  virtual void add_image(std::string_view part) = 0;
  virtual void commit(std::string_view payload) = 0;
};

// What people and pipelines decide between runs, in one durable step: nothing is visible before commit(), all of it
// after. Dropping it discards. Numbers are those that are next when it is made, so there is one at a time.
class DecisionWriter {
 public:
  virtual ~DecisionWriter() = default;
  virtual std::uint64_t add_verdict(std::string_view payload) = 0;  // its number
  virtual std::uint64_t add_event(std::string_view payload) = 0;    // its number, in one series with those of runs
  virtual void set_standing(const StoredRing& standing) = 0;
  // What was told to be done about an account, in place of what was there.
  virtual void set_action(KeyHash account, std::string_view payload) = 0;
  virtual std::uint64_t add_journal(std::string_view payload) = 0;  // its number
  // Events up to this number are not promised any more (Store::feed_floor).
  virtual void set_feed_floor(std::uint64_t seq) = 0;
  virtual std::uint64_t next_event() const = 0;  // the number that add_event() gives next
  virtual void commit() = 0;
};

}  // namespace ringscope
