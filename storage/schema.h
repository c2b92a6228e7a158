// clang-format off
// The on-disk grammar, format version 3. Numbers in keys are big-endian, so that the order of bytes is the order of
// numbers.
//
//   column family  key                          value
//   default        "format"                     u32 format version
//                  "batch", "run", "event"      u64 last number given
//                  "days"                       varint first, last day + kDayBias with data
//                  "floor"                      u64 events up to it are not served any more
//                  "compacted"                  u64 last batch whose fragments were merged
//                  "image"                      u64 run whose image there is; 0: none
//                  "lost/run", "lost/event"     u64 runs and events up to it were not saved by a repair
//                  "spelled"                    "1": all names are in spellings
//                  "kind/" kind:u8              name of the entity kind
//                  "keyed"                      generation, id of the keys, kinds that are stored keyed, those that are
//                                               sealed
//                  "suppress/" mark             nothing; of accounts that were erased and may not come again
//                  "suppressed-by"              id of the key under which these marks were made
//                  "unscrubbed"                 1: the files may hold what was erased, or values that became keyed
//                  "indicator/" campaign 0 kind 0 value    nothing; texts without the byte 0 (programs that know of no
//                                               indicators pass them over, so the format version stays)
//   cells          account:u64 fragment:u64     packed cells          (storage/codec.h)
//   activity       account:u64 fragment:u64     packed days           (storage/codec.h)
//   facts          account:u64 fragment:u64     created, plan, status (storage/facts_codec.cc)
//   names          kind:u8 hash:u64             the original value
//   positions      source                       SourcePosition
//   rejects        batch:u64 number:u32         Reject
//   runs           run:u64                      JSON; its presence makes the run visible
//   rings          run:u64 id                   JSON
//   members        run:u64 account:u64          string ring, 1, position in the ring's roll; in version 1: string ring, JSON
//   rolls          run:u64 ring 0 piece:u32     last:u8 (account:u64, JSON as string)*: the members of a ring, in order
//   links          run:u64 account:u64          (other:u64 bits:f32)*
//                  run:u64 account:u64 "near"   other:u64 bits:f32, of the best pair of an account without links
//   entities       run:u64 kind:u8 hash:u64     accounts:u32 bits:f32, of a hub also why:u32 trust:f32
//   ledger         seq:u64                      what happened to a ring, was decided or told, JSON
//   standings      ring id                      the ring's last version, JSON
//   verdicts       number:u64                   JSON; from 1, without a gap, never changed
//   index          run:u64 key                  of the run, for judging accounts online; opaque here
//   actions        account:u64                  JSON: what was last told to be done about it
//   journal        number:u64                   JSON: who let it be told; from 1, without a gap, never changed
//   image          run:u64 part:u64             bytes that the run left for the next one; of the latest full run only
//   touched        batch:u64 part:u64           (account:u64)* of the batch's rows; only those since the image
//   spellings      kind:u8 't' text 0 hash:u64  nothing; the name's first 64 bytes, A-Z as a-z, 0 as 1
//                  kind:u8 'a' bytes:16 hash:u64   nothing; of names that are addresses (storage/spellings.cc)
//   vault          kind:u8 hash:u64             of the name under this key, the value encrypted (storage/vault.h)
//
// Version 1 had no rolls, versions 1 and 2 kept the last statement of a plan and a status only and knew of no vault. A
// program of today reads them; the first to write makes them version 3.
//
// Snapshots are whole stores under snapshots/ (storage/snapshots.h).
//
// A run may lie over another, its base ("base/" run:u64 -> u64 in default): a row of rings, members, rolls, links,
// entities or index that it does not have is the base's, and one of no bytes says that the base's is gone
// (storage/run_overlay.h).
//
// fragment = batch << 16 | sorted run in the batch. Readers merge the fragments of an account (storage/rows.h).
// clang-format on
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>

#include "storage/rows.h"

namespace ringscope::schema {

enum Family : std::size_t {
  kMeta,
  kCells,
  kActivity,
  kFacts,
  kNames,
  kPositions,
  kRejects,
  kRuns,
  kRings,
  kMembers,
  kLinks,
  kEntities,
  kLedger,
  kStandings,
  kVerdicts,
  kIndex,
  kImage,
  kTouched,
  kSpellings,
  kActions,
  kJournal,
  kRolls,
  kVault,
  kFamilies
};
inline constexpr std::array<const char*, kFamilies> kFamilyNames = {
    "default", "cells",   "activity",  "facts",    "names",   "positions", "rejects",  "runs",
    "rings",   "members", "links",     "entities", "ledger",  "standings", "verdicts", "index",
    "image",   "touched", "spellings", "actions",  "journal", "rolls",     "vault"};

inline void append_u64(std::string& out, std::uint64_t value) {
  for (int shift = 56; shift >= 0; shift -= 8) out.push_back(static_cast<char>(value >> shift));
}
inline std::string key_u64(std::uint64_t value) {
  std::string key;
  append_u64(key, value);
  return key;
}
inline std::string key_u64_u64(std::uint64_t first, std::uint64_t second) {
  std::string key;
  append_u64(key, first);
  append_u64(key, second);
  return key;
}
inline constexpr std::string_view kBasePrefix = "base/";
inline std::string key_base(std::uint64_t run) { return std::string(kBasePrefix).append(key_u64(run)); }
inline std::string key_nearest(std::uint64_t run, std::uint64_t account) {
  return key_u64_u64(run, account).append("near");
}
inline std::string key_reject(std::uint64_t batch, std::uint32_t number) {
  std::string key = key_u64(batch);
  for (int shift = 24; shift >= 0; shift -= 8) key.push_back(static_cast<char>(number >> shift));
  return key;
}
inline std::string key_vertex(VertexKey vertex) {
  std::string key(1, static_cast<char>(vertex.kind));
  append_u64(key, vertex.hash);
  return key;
}
inline constexpr std::string_view kIndicatorPrefix = "indicator/";
inline std::string key_indicators_of(std::string_view campaign) {
  return std::string(kIndicatorPrefix).append(campaign).append(1, '\0');
}
inline std::string key_indicator(std::string_view campaign, std::string_view kind, std::string_view value) {
  return key_indicators_of(campaign).append(kind).append(1, '\0').append(value);
}
inline std::string key_run_id(std::uint64_t run, std::string_view id) { return key_u64(run).append(id); }
inline std::string key_piece(std::string_view ring, std::uint32_t piece) {
  std::string key(ring);
  key.push_back('\0');
  for (int shift = 24; shift >= 0; shift -= 8) key.push_back(static_cast<char>(piece >> shift));
  return key;
}
inline std::string key_run_vertex(std::uint64_t run, VertexKey vertex) { return key_u64(run) + key_vertex(vertex); }

// The number in the eight bytes at `at`; the caller has checked the length.
inline std::uint64_t read_u64(std::string_view key, std::size_t at) {
  std::uint64_t value = 0;
  for (std::size_t i = 0; i < 8; ++i) value = value << 8 | static_cast<unsigned char>(key[at + i]);
  return value;
}

// The vertex that key_vertex() made a key of; the caller has checked the length.
inline VertexKey read_vertex(std::string_view key) {
  return {static_cast<KindId>(static_cast<std::uint8_t>(key[0])), read_u64(key, 1)};
}

}  // namespace ringscope::schema
