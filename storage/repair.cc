#include "storage/repair.h"

#include <algorithm>
#include <cstring>
#include <fstream>
#include <optional>
#include <set>

#include "base/disk.h"
#include "base/error.h"
#include "storage/codec.h"
#include "storage/invariants.h"
#include "storage/log_files.h"
#include "storage/salvage_internal.h"
#include "storage/store_internal.h"
#include "storage/writer.h"

namespace ringscope {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t kBatchBytes = std::size_t{4} << 20;
constexpr const char* kIngestAgain =
    "the log still has it: ingest it into a new store, and take verdicts over with 'verdicts export' and 'import'";
constexpr const char* kDetectAgain = "run 'ringscope detect'";

// -- the damaged store, linked into a directory of its own so that nothing in it changes

class WorkingCopy {
 public:
  WorkingCopy(const fs::path& from, const fs::path& out) : path_(out.string() + ".repairing") {
    fs::remove_all(path_);
    fs::create_directories(path_);
    for (const fs::directory_entry& entry : fs::directory_iterator(from)) {
      if (!entry.is_regular_file()) continue;
      const fs::path to = path_ / entry.path().filename();
      std::error_code failed;
      if (to.extension() == ".sst") fs::create_hard_link(entry.path(), to, failed);
      if (to.extension() != ".sst" || failed) fs::copy_file(entry.path(), to);
    }
  }
  ~WorkingCopy() {
    std::error_code ignored;
    fs::remove_all(path_, ignored);
  }
  WorkingCopy(const WorkingCopy&) = delete;
  WorkingCopy& operator=(const WorkingCopy&) = delete;
  const fs::path& path() const { return path_; }

 private:
  fs::path path_;
};

std::uint64_t number_of(const fs::path& manifest) {
  const std::string digits = manifest.filename().string().substr(std::strlen("MANIFEST-"));
  return digits.empty() || digits.find_first_not_of("0123456789") != digits.npos ? 0 : std::stoull(digits);
}

// CURRENT is made anew when it names no list of tables.
void mend_current(const fs::path& store, std::vector<Loss>& lost) {
  std::string name;
  std::getline(std::ifstream(store / "CURRENT", std::ios::binary), name);
  if (name.starts_with("MANIFEST-") && fs::exists(store / name)) return;
  std::optional<fs::path> newest;
  for (const fs::directory_entry& entry : fs::directory_iterator(store)) {
    if (!entry.path().filename().string().starts_with("MANIFEST-") || log_damage(entry.path())) continue;
    if (!newest || number_of(*newest) < number_of(entry.path())) newest = entry.path();
  }
  if (!newest) return;
  std::ofstream(store / "CURRENT", std::ios::binary | std::ios::trunc) << newest->filename().string() << "\n";
  lost.push_back({"CURRENT", 0, "it was damaged; it names the newest list of tables again, nothing is lost by that"});
}

class Writer {
 public:
  explicit Writer(Store::Impl& store) : store_(store) {}
  void put(schema::Family f, std::string_view key, std::string_view value) {
    check(batch_.Put(store_.family(f), slice(key), slice(value)), "building a batch");
    ++entries_;
    if (batch_.GetDataSize() >= kBatchBytes) write({});
  }
  void put_number(const std::string& name, std::uint64_t value) {
    std::string number;
    Encoder(number).number(value);
    put(schema::kMeta, name, number);
  }
  std::uint64_t finish() {
    check(batch_.Delete(store_.family(schema::kMeta), "spelled"), "building a batch");  // made at the next opening
    rocksdb::WriteOptions synced;
    synced.sync = true;
    write(synced);
    return entries_;
  }

 private:
  void write(const rocksdb::WriteOptions& options) {
    check(store_.db->Write(options, &batch_), "writing what was saved");
    batch_.Clear();
  }
  Store::Impl& store_;
  rocksdb::WriteBatch batch_;
  std::uint64_t entries_ = 0;
};

// -- what is saved

class Saver {
 public:
  Saver(const Store::Impl& from, Store::Impl& out, Repair& repair) : from_(from), writer_(out), repair_(repair) {}

  void run() {
    meta();
    count_anew("run", schema::kRuns);
    count_anew("event", schema::kLedger);
    names();
    rows(schema::kCells);
    rows(schema::kActivity);
    rows(schema::kFacts);
    each(schema::kPositions, "how far sources were read", "a source may be read again, and its rows counted twice");
    each(schema::kRejects, "lines that were rejected", "DB/rejects has them as files");
    each(schema::kVault, "sealed values", "they can be opened again when they were seen again");
    each(schema::kActions, "what machines were last told", "compare with the consumer's state");
    numbered(schema::kVerdicts, "verdicts");
    numbered(schema::kJournal, "journal");
    ledger();
    runs();
    counters();
    repair_.saved = writer_.finish();
  }

 private:
  using Entries = std::vector<KeyValue>;

  static bool is_counter(std::string_view name) {
    constexpr std::string_view kCounters[] = {"format",    "batch", "run",      "event",     "floor",
                                              "compacted", "image", "lost/run", "lost/event"};
    return std::ranges::find(kCounters, name) != std::end(kCounters);
  }

  void lose(const char* part, std::uint64_t count, std::string what) {
    if (count > 0) repair_.lost.push_back({part, count, std::move(what)});
  }
  // Of places that could not be read: nobody knows what was there.
  void lose_unread(const char* part, std::uint64_t places, std::string what) {
    if (places > 0) repair_.lost.push_back({part, 0, std::move(what)});
  }
  // A counter that is lost is what there is of the things it counts.
  void count_anew(const char* counter, schema::Family family) {
    if (counters_.contains(counter)) return;
    std::uint64_t last = 0;
    (void)Salvage(from_, family).run([&](std::string_view key, std::string_view) {
      if (key.size() == 8) last = std::max(last, schema::read_u64(key, 0));
    });
    counters_[counter] = last;
    if (last > 0) counted_anew_.insert(counter);
  }

  void meta() {
    const std::uint64_t damaged = Salvage(from_, schema::kMeta).run([&](std::string_view key, std::string_view value) {
      const std::string name(key);
      if (name.starts_with("kind/") || name.starts_with(schema::kIndicatorPrefix)) {
        if (name.size() == 6 && name.starts_with("kind/")) kinds_.insert(static_cast<std::uint8_t>(name[5]));
        writer_.put(schema::kMeta, key, value);
      } else if (name.starts_with(schema::kBasePrefix)) {
        bases_.push_back({name, std::string(value)});
      } else if (name == "days") {
        days_ = std::string(value);
      } else if (is_counter(name)) {
        counters_[name] = Decoder(value, "counter").number();
      } else if (name != "spelled") {
        writer_.put(schema::kMeta, key, value);  // which kinds are keyed, who must not come again
      }
    });
    lose_unread(
        "counters", damaged,
        "numbers of the store, kinds, indicators, or marks of erased accounts (erase them again); what can be is "
        "counted anew");
  }

  void names() {
    std::uint64_t unknown = 0;
    const std::uint64_t damaged = Salvage(from_, schema::kNames).run([&](std::string_view key, std::string_view value) {
      if (key.size() != 9) return;
      const VertexKey vertex = schema::read_vertex(key);
      if (vertex.kind != kAccountKind && !kinds_.contains(static_cast<std::uint8_t>(key[0]))) {
        ++unknown;
        return;
      }
      names_.push_back(vertex);
      writer_.put(schema::kNames, key, value);
    });
    lose_unread("names", damaged,
                std::string("parts of the list of names, and rows that refer to them; ") + kIngestAgain);
    lose("names", unknown, std::string("names of a kind that is lost; ") + kIngestAgain);
  }

  bool is_named(VertexKey vertex) const { return std::ranges::binary_search(names_, vertex); }

  void rows(schema::Family family) {
    std::uint64_t orphans = 0;
    const std::uint64_t damaged = Salvage(from_, family).run([&](std::string_view key, std::string_view value) {
      if (key.size() != 16 || !all_named(family, schema::read_u64(key, 0), value)) {
        ++orphans;
        return;
      }
      batch_ = std::max(batch_, schema::read_u64(key, 8) >> 16);
      writer_.put(family, key, value);
    });
    const char* const name = schema::kFamilyNames[family];
    lose_unread(name, damaged, std::string("parts with rows of accounts; ") + kIngestAgain);
    lose(name, orphans, std::string("rows that refer to a name that is lost; ") + kIngestAgain);
  }

  bool all_named(schema::Family family, KeyHash account, std::string_view value) {
    if (!is_named({kAccountKind, account})) return false;
    if (family == schema::kCells) {
      std::vector<Cell> cells;
      decode_cells(value, DayWindow{}, cells);
      if (!std::ranges::all_of(cells, [&](const Cell& cell) { return is_named(cell.entity); })) return false;
      for (const Cell& cell : cells) widen_to(cell.day);
    } else if (family == schema::kActivity) {
      std::vector<ActivityDay> days;
      decode_activity(value, DayWindow{}, days);
      for (const ActivityDay& day : days)
        if (!std::ranges::all_of(day.tags, [&](const TagCount& tag) { return is_named(tag.tag); })) return false;
      for (const ActivityDay& day : days) widen_to(day.day);
    } else if (seen_days_) {  // facts come last
      seen_days_->last = std::max(seen_days_->last, day_of(last_stated(decode_facts(value))));
    }
    return true;
  }

  void widen_to(Day day) {
    if (day != kNoDay) widen(seen_days_, DayWindow{day, day});
  }

  void each(schema::Family family, const char* what, const char* advice) {
    const std::uint64_t damaged = Salvage(from_, family).run([&](std::string_view key, std::string_view value) {
      if (family == schema::kVault && (key.size() != 9 || !is_named(schema::read_vertex(key)))) return;
      if (family == schema::kRejects && key.size() == 12) batch_ = std::max(batch_, schema::read_u64(key, 0));
      writer_.put(family, key, value);
    });
    lose_unread(schema::kFamilyNames[family], damaged, std::string("parts of ") + what + "; " + advice);
  }

  // Up to the first that is missing: a later one may take an earlier one back.
  void numbered(schema::Family family, const char* part) {
    std::uint64_t next = 1, after = 0;
    const std::uint64_t damaged = Salvage(from_, family).run([&](std::string_view key, std::string_view value) {
      if (key.size() != 8 || schema::read_u64(key, 0) != next) {
        ++after;
        return;
      }
      writer_.put(family, key, value);
      ++next;
    });
    if (damaged + after > 0)
      lose_unread(part, 1, "from number " + std::to_string(next) + " on; only a backup has them");
  }

  // Reads families that are only of use together; nothing when one is damaged.
  std::optional<std::vector<Entries>> together(std::span<const schema::Family> families) {
    std::vector<Entries> all;
    for (const schema::Family family : families) {
      Entries entries;
      const std::uint64_t damaged = Salvage(from_, family).run([&](std::string_view key, std::string_view value) {
        entries.push_back({std::string(key), std::string(value)});
      });
      if (damaged > 0) return std::nullopt;
      all.push_back(std::move(entries));
    }
    return all;
  }

  void put_all(std::span<const schema::Family> families, const std::vector<Entries>& all) {
    for (std::size_t i = 0; i < families.size(); ++i)
      for (const KeyValue& entry : all[i]) writer_.put(families[i], entry.key, entry.value);
  }

  void ledger() {
    static constexpr schema::Family kTogether[] = {schema::kLedger, schema::kStandings};
    const auto all = together(kTogether);
    bool whole = all.has_value();
    std::uint64_t next = counters_["lost/event"] + 1;
    if (whole)
      for (const KeyValue& entry : all->front()) whole = whole && schema::read_u64(entry.key, 0) == next++;
    std::uint64_t& last = counters_["event"];
    if (whole && next == last + 1) return put_all(kTogether, *all);
    last = std::max(last, whole ? next - 1 : last);
    counters_["floor"] = counters_["lost/event"] = last;
    lose("ledger", std::max<std::uint64_t>(last, 1),
         "what happened to rings; rings are born anew by 'ringscope detect', consumers take the state ('export --level "
         "state')");
  }

  void runs() {
    static constexpr schema::Family kTogether[] = {schema::kRuns,     schema::kRings, schema::kMembers, schema::kLinks,
                                                   schema::kEntities, schema::kIndex, schema::kRolls};
    const auto all = together(kTogether);
    bool whole = all.has_value();
    std::uint64_t& last = counters_["run"];
    if (whole) {
      const auto named = [&](const KeyValue& entry) {
        return entry.key.size() == 16 && is_named({kAccountKind, schema::read_u64(entry.key, 8)});
      };
      // Without the counter, the marks of runs over others may be gone as well.
      whole = !counted_anew_.contains("run") && std::ranges::all_of((*all)[2], named) &&
              (last == counters_["lost/run"] ||
               (!all->front().empty() && schema::read_u64(all->front().back().key, 0) == last));
    }
    if (whole) {
      put_all(kTogether, *all);
      for (const KeyValue& base : bases_) writer_.put(schema::kMeta, base.key, base.value);
      return;
    }
    counters_["lost/run"] = last;
    lose("runs", std::max<std::uint64_t>(last, 1), std::string("what runs found; ") + kDetectAgain);
  }

  void counters() {
    counters_["format"] = kFormatVersion;
    counters_["batch"] = std::max(counters_["batch"], batch_);
    counters_["compacted"] = std::min(counters_["compacted"], counters_["batch"]);
    counters_["image"] = 0;
    for (const auto& [name, value] : counters_) writer_.put_number(name, value);
    if (seen_days_) days_ = encode_days(*seen_days_);
    if (days_) writer_.put(schema::kMeta, "days", *days_);
  }

  const Store::Impl& from_;
  Writer writer_;
  Repair& repair_;
  std::map<std::string, std::uint64_t> counters_;
  std::set<std::string, std::less<>> counted_anew_;
  Entries bases_;
  std::set<std::uint8_t> kinds_;
  std::vector<VertexKey> names_;  // ascending, as stored
  std::optional<std::string> days_;
  std::optional<DayWindow> seen_days_;
  std::uint64_t batch_ = 0;
};

// What lies beside the database (keys, the audit, rejected lines, deliveries) comes along as it is.
void copy_beside(const fs::path& from, const fs::path& to, std::vector<Loss>& lost) {
  for (const fs::directory_entry& entry : fs::directory_iterator(from)) {
    const std::string name = entry.path().filename().string();
    if (!entry.is_directory() || name == "ingest-tmp") continue;
    if (name == "snapshots") {
      if (!fs::is_empty(entry.path()))
        lost.push_back({"snapshots", 0, "they are not copied; they stay where they are, each a store of its own"});
      continue;
    }
    fs::copy(entry.path(), to / name, fs::copy_options::recursive);
  }
}

}  // namespace

Repair repair_store(const fs::path& damaged, const fs::path& out, const StoreOptions& options) {
  if (fs::exists(out)) throw Error(ErrorCode::usage, "there is something here already; name a new place", out.string());
  if (!fs::is_directory(damaged)) throw Error(ErrorCode::not_found, "there is no store here", damaged.string());
  if (const auto writer = writer_of(damaged))
    throw Error(ErrorCode::locked, "process " + std::to_string(*writer) + " is writing to this store; end it first",
                damaged.string());
  Repair repair;
  const WorkingCopy copy(damaged, out);
  mend_current(copy.path(), repair.lost);
  for (const LogDamage& one : find_log_damage(copy.path())) {
    if (one.file.starts_with("MANIFEST"))
      throw Error(ErrorCode::corrupt,
                  "the list of tables is damaged, so nothing says which rows are of today; restore a backup, or ingest "
                  "the log into a new store",
                  (damaged / one.file).string());
    repair.lost.push_back({"log", 0,
                           one.file + ": " + one.what + " at byte " + std::to_string(one.at) +
                               "; what was written in the " + std::to_string(one.bytes) +
                               " bytes from there on, the last of all, is lost"});
  }
  const auto from = open_inside(copy.path(), {.mode = OpenMode::read_only, .memory_bytes = options.memory_bytes},
                                Damaged::read_whole);
  const fs::path part = out.string() + ".part";
  fs::remove_all(part);
  {
    const auto to = open_inside(part, {.mode = OpenMode::create, .memory_bytes = options.memory_bytes});
    Saver(*from, *to, repair).run();
  }
  copy_beside(damaged, part, repair.lost);
  (void)open_inside(part, {.mode = OpenMode::write, .memory_bytes = options.memory_bytes});  // spells the names
  if (const std::vector<Damage> unsound = find_damage(part, options); !unsound.empty())
    throw Error(ErrorCode::internal, "what was saved is not sound (" + unsound.front().invariant + "); it is kept",
                part.string());
  fs::rename(part, out);
  sync_to_disk(directory_of(out));
  return repair;
}

}  // namespace ringscope
