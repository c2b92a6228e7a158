// Rings of a run as files for other programs. One source a format; the table in formats.cc registers them.
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "engine/ask/read_run.h"
#include "engine/detect/ring/ring.h"
#include "storage/store.h"

namespace ringscope {

class Spared;

using ExportSink = std::function<void(std::string_view bytes)>;

// What is left out.
struct ExportFilter {
  std::vector<Tier> tiers;         // of the row: an account's or a ring's, an event's before or after it; empty: all
  std::uint64_t after = 0;         // of events: those with a greater number
  std::uint64_t limit = 0;         // of events: at most so many are looked at; 0: all
  bool may_share = false;          // what others may be told (guards.sharing)
  bool report = false;             // of accounts at ban: for people alone, so the kill switch does not stop it
  const Spared* spared = nullptr;  // of accounts: whom the allow-list spares says so among its reasons; null: nobody
  std::uint64_t* held_back = nullptr;  // of consoles: where bans that the kill switch holds back are counted, and only
                                       // they are left out; null: nothing is written while it is on
  bool keeps(Tier tier) const;
};

// Rings, one after the other and always in the same order; none needs to last longer than the call.
struct RingSource {
  std::function<void(const std::function<void(const Ring& ring)>& visit)> visit;
  // Into the sink what `print` appends for each. It may be called on several threads at once (print_rings() of
  // engine/ask/read_run.h).
  std::function<void(const RingPrinter& print, const ExportSink& sink)> print;
};

// Writes the rings, in the order given, and returns the number of rows.
using ExportWriter = std::uint64_t (*)(const RingSource& rings, const ExportFilter& filter, const ExportSink& sink);
// Writes what else the store knows and returns the number of rows.
using StoreWriter = std::uint64_t (*)(const Store& store, const ExportFilter& filter, const ExportSink& sink);

struct ExportFormat {
  std::string_view level;    // what a row is: "accounts", "rings", "events"
  std::string_view name;     // "csv", "jsonl"
  std::string_view summary;  // what it holds
  ExportWriter write;        // of the latest run's rings; null: of the store
  StoreWriter write_store = nullptr;
  bool has_cursor = false;    // its rows have numbers to go on from: --after, --limit
  std::string_view suffix{};  // of a file in it; empty: the name
};

std::span<const ExportFormat> export_formats();
// Throws Error usage, listing what there is.
const ExportFormat& find_export_format(std::string_view level, std::string_view name);

struct ExportReport {
  std::uint64_t run = 0;
  std::uint64_t rows = 0;
  std::uint64_t bytes = 0;
};

// Whether rows would say who is at ban: an opinion, which no guard has looked at, in the form of a list.
bool lists_bans(const ExportFormat& format, const ExportFilter& filter);
// Throws Error refused if the kill switch or want of a permission keeps it from being written, which export_run() says
// as well, but only after it has begun.
void check_export(const Store& store, const ExportFormat& format, const ExportFilter& filter);

// The latest run, or the events of all runs, into `sink`. Throws Error not_found when there is no run; usage for a
// filter of events on other levels.
ExportReport export_run(const Store& store, const ExportFormat& format, const ExportFilter& filter,
                        const ExportSink& sink);
// The same into a file that appears in full or not at all. Throws Error io, no_space.
ExportReport export_run(const Store& store, const ExportFormat& format, const ExportFilter& filter,
                        const std::filesystem::path& out);

// -- the formats
std::uint64_t write_accounts_csv(const RingSource& rings, const ExportFilter& filter, const ExportSink& sink);
std::uint64_t write_rings_jsonl(const RingSource& rings, const ExportFilter& filter, const ExportSink& sink);
// Parquet; throws Error usage in a program that was built without it.
std::uint64_t write_accounts_parquet(const RingSource& rings, const ExportFilter& filter, const ExportSink& sink);
std::uint64_t write_rings_parquet(const RingSource& rings, const ExportFilter& filter, const ExportSink& sink);
std::uint64_t write_evidence_parquet(const RingSource& rings, const ExportFilter& filter, const ExportSink& sink);
bool has_parquet();
std::uint64_t write_events_jsonl(const Store& store, const ExportFilter& filter, const ExportSink& sink);
std::uint64_t write_actions_jsonl(const Store& store, const ExportFilter& filter, const ExportSink& sink);
std::uint64_t write_actions_osprey(const Store& store, const ExportFilter& filter, const ExportSink& sink);
std::uint64_t write_actions_coop(const Store& store, const ExportFilter& filter, const ExportSink& sink);
std::uint64_t write_state_jsonl(const Store& store, const ExportFilter& filter, const ExportSink& sink);
std::uint64_t write_bans_csv(const Store& store, const ExportFilter& filter, const ExportSink& sink);
std::uint64_t write_bans_jsonl(const Store& store, const ExportFilter& filter, const ExportSink& sink);
std::uint64_t write_bans_ids(const Store& store, const ExportFilter& filter, const ExportSink& sink);
std::uint64_t write_labels_csv(const Store& store, const ExportFilter& filter, const ExportSink& sink);
std::uint64_t write_rings_graphml(const Store& store, const ExportFilter& filter, const ExportSink& sink);
std::uint64_t write_rings_stix(const Store& store, const ExportFilter& filter, const ExportSink& sink);
std::uint64_t write_indicators_stix(const Store& store, const ExportFilter& filter, const ExportSink& sink);
std::uint64_t write_indicators_jsonl(const Store& store, const ExportFilter& filter, const ExportSink& sink);

}  // namespace ringscope
