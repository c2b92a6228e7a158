// Results of detections: written under a run number that nobody looks for until the run's record is there.
#include <algorithm>

#include "base/error.h"
#include "storage/bulk_rows_internal.h"
#include "storage/codec.h"
#include "storage/roll.h"
#include "storage/run_overlay.h"
#include "storage/run_rows.h"
#include "storage/store_internal.h"

namespace ringscope {
namespace {

constexpr std::size_t kBatchBytes = std::size_t{8} << 20;

std::string encode_entity(const StoredEntity& entity) {
  std::string bytes;
  Encoder out(bytes);
  out.number(entity.accounts);
  out.real(entity.bits);
  if (entity.hub != 0 || entity.cleared != 0) {
    out.number(entity.hub);
    out.real(entity.trust);
  }
  if (entity.cleared != 0) out.number(entity.cleared);
  return bytes;
}

StoredEntity decode_entity(VertexKey entity, std::string_view value) {
  Decoder in(value, "entity of a run");
  StoredEntity stored{.entity = entity};
  stored.accounts = static_cast<std::uint32_t>(in.number());
  stored.bits = in.real();
  if (!in.done()) {  // runs of earlier programs do not say why
    stored.hub = static_cast<std::uint8_t>(in.number());
    stored.trust = in.real();
  }
  if (!in.done()) stored.cleared = static_cast<std::uint32_t>(in.number());
  return stored;
}

// Rows that come with a run, and who is told of them.
struct WithRows {
  BulkRows* rows = nullptr;  // null: none do
  CommitInfo* committed = nullptr;
};

class Writer final : public RunWriter {
 public:
  explicit Writer(Store::Impl& store, std::uint64_t base, WithRows with = {})
      : store_(store), run_(store.counter("run") + 1), last_event_(store.counter("event")), base_(base), with_(with) {
    store.require_writable();
    if (base >= run_ || store.bases.contains(base))
      throw Error(ErrorCode::internal, "run " + std::to_string(base) + " cannot be the base of another");
  }
  ~Writer() override {
    if (!committed_) {
      drop_run(run_, {schema::kRings, schema::kMembers, schema::kRolls, schema::kLinks, schema::kEntities,
                      schema::kIndex, schema::kImage});
    }
  }
  Writer(const Writer&) = delete;
  Writer& operator=(const Writer&) = delete;

  std::uint64_t run() const override { return run_; }
  void add_ring(const StoredRing& ring) override {
    put(schema::kRings, schema::key_run_id(run_, ring.id), ring.payload);
  }
  void add_member(const StoredMember& member) override {
    if (roll_.ring() != member.ring) end_roll();
    const std::uint64_t place = roll_.add(member, [&](std::uint32_t piece, const std::string& bytes) {
      put(schema::kRolls, schema::key_run_id(run_, schema::key_piece(member.ring, piece)), bytes);
    });
    put(schema::kMembers, schema::key_u64_u64(run_, member.account), encode_place(member.ring, place));
  }
  void add_links(KeyHash account, std::span<const StoredLink> links) override {
    put(schema::kLinks, schema::key_u64_u64(run_, account), encode_links(links));
  }
  void add_entity(const StoredEntity& entity) override {
    put(schema::kEntities, schema::key_run_vertex(run_, entity.entity), encode_entity(entity));
  }
  void add_nearest(KeyHash account, const StoredLink& nearest) override {
    put(schema::kLinks, schema::key_nearest(run_, account), encode_links({&nearest, 1}));
  }
  void drop_ring(std::string_view id) override { put(schema::kRings, schema::key_run_id(run_, id), {}); }
  void drop_member(KeyHash account) override { put(schema::kMembers, schema::key_u64_u64(run_, account), {}); }
  void drop_links(KeyHash account) override { put(schema::kLinks, schema::key_u64_u64(run_, account), {}); }
  void drop_entity(VertexKey entity) override { put(schema::kEntities, schema::key_run_vertex(run_, entity), {}); }
  void drop_nearest(KeyHash account) override { put(schema::kLinks, schema::key_nearest(run_, account), {}); }
  void add_image(std::string_view part) override {
    if (!image_) image_.emplace(store_);
    image_->put(schema::kImage, schema::key_u64_u64(run_, parts_++), part);
  }
  std::uint64_t add_event(std::string_view payload) override {
    put_last(schema::kLedger, schema::key_u64(++last_event_), payload);
    return last_event_;
  }
  void set_standing(const StoredRing& standing) override {
    put_last(schema::kStandings, standing.id, standing.payload);
  }
  void add_index(std::string_view key, std::string_view value) override {
    put(schema::kIndex, schema::key_run_id(run_, key), std::string(value));
  }
  void commit(std::string_view payload) override {
    end_roll();
    put_last(schema::kRuns, schema::key_u64(run_), payload);
    put_number("run", run_);
    put_number("event", last_event_);
    if (base_ != 0) put_number(schema::key_base(run_), base_);
    if (image_) replace_image(store_, last_, run_, *image_);
    write(batch_, Durability::buffered);
    publish();
    committed_ = true;
    if (base_ != 0) store_.bases[run_] = base_;
    for (const std::uint64_t run : runs_let_go(store_, run_))
      drop_run(run, {schema::kLinks, schema::kEntities, schema::kIndex});
    join_small_tables(store_);
  }

 private:
  enum class Durability { buffered, synced };

  void publish() {
    if (with_.rows == nullptr) {
      write(last_, Durability::synced);  // what was written before lies before it in the log, so it is durable as well
      return;
    }
    check(store_.db->FlushWAL(true), "writing a run");  // rows come in beside the log, and do not wait for it
    *with_.committed = with_.rows->commit_with(last_);
  }

  void end_roll() {
    const std::string ring = roll_.ring();
    roll_.end([&](std::uint32_t piece, const std::string& bytes) {
      put(schema::kRolls, schema::key_run_id(run_, schema::key_piece(ring, piece)), bytes);
    });
  }

  void put(schema::Family f, const std::string& key, const std::string& value) {
    check(batch_.Put(store_.family(f), key, value), "building a batch");
    if (batch_.GetDataSize() >= kBatchBytes) write(batch_, Durability::buffered);
  }
  // Of what is visible at once, and so must come in one step with the run's record.
  void put_last(schema::Family f, const std::string& key, std::string_view value) {
    check(last_.Put(store_.family(f), key, slice(value)), "building a batch");
  }
  void put_number(const std::string& name, std::uint64_t value) {
    std::string number;
    Encoder(number).number(value);
    put_last(schema::kMeta, name, number);
  }
  void write(rocksdb::WriteBatch& batch, Durability durability) {
    rocksdb::WriteOptions options;
    options.sync = durability == Durability::synced;
    check(store_.db->Write(options, &batch), "writing a run");
    batch.Clear();
  }
  // What stays behind is removed when the store is next opened for writing. Key by key: beside a range that was deleted
  // at once, RocksDB's iterators end the process at a damaged block (7.8 with assertions, as Debian builds it).
  void drop_run(std::uint64_t run, std::initializer_list<schema::Family> families) {
    try {
      for (const schema::Family f : families) drop_rows(f, schema::key_u64(run), schema::key_u64(run + 1));
    } catch (const Error&) {
    }
  }
  void drop_rows(schema::Family f, const std::string& first, const std::string& last) {
    rocksdb::WriteBatch batch;
    store_.scan(f, first, last, [&](std::string_view key, std::string_view) {
      check(batch.Delete(store_.family(f), slice(key)), "building a batch");
      if (batch.GetDataSize() >= kBatchBytes) write(batch, Durability::buffered);
    });
    if (batch.Count() > 0) write(batch, Durability::buffered);
  }

  Store::Impl& store_;
  std::uint64_t run_;
  std::uint64_t last_event_;
  std::uint64_t base_;
  WithRows with_;
  rocksdb::WriteBatch batch_;
  rocksdb::WriteBatch last_;
  std::optional<SortedFiles> image_;
  std::uint64_t parts_ = 0;
  RollEncoder roll_;
  bool committed_ = false;
};

}  // namespace

std::unique_ptr<RunWriter> Store::run_writer(std::uint64_t base) { return std::make_unique<Writer>(*impl_, base); }

std::unique_ptr<RunWriter> run_writer_with(BatchWriter& rows, CommitInfo& committed) {
  auto* const bulk = dynamic_cast<BulkRows*>(&rows);
  if (bulk == nullptr) throw Error(ErrorCode::internal, "rows of a live batch cannot come with a run");
  return std::make_unique<Writer>(bulk->store(), 0, WithRows{bulk, &committed});
}

std::uint64_t Store::base_of(std::uint64_t run) const { return ringscope::base_of(*impl_, run); }

std::optional<RunInfo> Store::latest_run() const {
  const std::uint64_t run = impl_->counter("run");
  if (run == 0) return std::nullopt;
  std::optional<std::string> payload = impl_->get(schema::kRuns, schema::key_u64(run));
  if (!payload && run <= impl_->counter("lost/run")) return std::nullopt;
  if (!payload)
    throw Error(ErrorCode::corrupt, "the record of run " + std::to_string(run) + " is gone; run 'ringscope doctor'");
  return RunInfo{run, std::move(*payload)};
}

std::vector<RunInfo> Store::runs() const {
  std::vector<RunInfo> runs;
  impl_->scan(schema::kRuns, "", "", [&](std::string_view key, std::string_view payload) {
    runs.push_back({schema::read_u64(key, 0), std::string(payload)});
  });
  return runs;
}

std::optional<RunInfo> Store::find_run(std::uint64_t run) const {
  std::optional<std::string> payload = impl_->get(schema::kRuns, schema::key_u64(run));
  return payload ? std::optional(RunInfo{run, std::move(*payload)}) : std::nullopt;
}

void Store::scan_rings(std::uint64_t run, const std::function<void(const StoredRing&)>& visit) const {
  scan_run(*impl_, schema::kRings, run, [&](std::string_view id, std::string_view payload) {
    visit({std::string(id), std::string(payload)});
  });
}

std::optional<StoredRing> Store::find_ring(std::uint64_t run, std::string_view id, Reading reading) const {
  std::optional<std::string> payload = get_of_run(*impl_, schema::kRings, run, std::string(id), reading);
  if (!payload) return std::nullopt;
  return StoredRing{std::string(id), std::move(*payload)};
}

void Store::scan_places(std::uint64_t run, const std::function<void(const StoredPlace&)>& visit) const {
  scan_run(*impl_, schema::kMembers, run, [&](std::string_view account, std::string_view value) {
    visit({schema::read_u64(account, 0), decode_place(value).ring});
  });
}

std::optional<std::string> Store::find_place(std::uint64_t run, KeyHash account) const {
  const std::optional<std::string> value = get_of_run(*impl_, schema::kMembers, run, schema::key_u64(account));
  return value ? std::optional(decode_place(*value).ring) : std::nullopt;
}

std::optional<StoredMember> Store::find_member(std::uint64_t run, KeyHash account) const {
  const std::optional<std::string> value = get_of_run(*impl_, schema::kMembers, run, schema::key_u64(account));
  if (!value) return std::nullopt;
  RollPlace place = decode_place(*value);
  if (!place.payload.empty()) return StoredMember{account, std::move(place.ring), std::string(place.payload)};
  const auto piece = get_of_run(*impl_, schema::kRolls, run, schema::key_piece(place.ring, piece_of(place.position)));
  if (!piece) throw Error(ErrorCode::corrupt, "the roll of a ring is gone; run 'ringscope doctor'", place.ring);
  return StoredMember{account, std::move(place.ring), payload_in(*piece, place.position, account)};
}

bool Store::visit_roll(std::uint64_t run, std::string_view ring,
                       const std::function<void(KeyHash, std::string_view)>& visit, Reading reading) const {
  for (std::uint32_t piece = 0;; ++piece) {
    const auto bytes = get_of_run(*impl_, schema::kRolls, run, schema::key_piece(ring, piece), reading);
    if (!bytes) {
      if (piece == 0) return false;
      throw Error(ErrorCode::corrupt, "the roll of a ring ends too early; run 'ringscope doctor'", std::string(ring));
    }
    if (visit_piece(*bytes, visit)) return true;
  }
}

std::vector<StoredLink> Store::links_of(std::uint64_t run, KeyHash account) const {
  const std::optional<std::string> value = get_of_run(*impl_, schema::kLinks, run, schema::key_u64(account));
  return value ? decode_links(*value) : std::vector<StoredLink>{};
}

void Store::scan_links(std::uint64_t run, KeyHash first, KeyHash last,
                       const std::function<void(KeyHash, std::span<const StoredLink>)>& visit) const {
  const std::string end = last == ~KeyHash{0} ? "" : schema::key_u64(last + 1);
  scan_kept(*impl_, schema::kLinks, run, schema::key_u64(first), end,
            [&](std::string_view rest, std::string_view value) {
              if (rest.size() == 8) visit(schema::read_u64(rest, 0), decode_links(value));
            });
}

std::optional<StoredLink> Store::nearest_of(std::uint64_t run, KeyHash account) const {
  const std::optional<std::string> value =
      get_of_run(*impl_, schema::kLinks, run, schema::key_u64(account).append("near"));
  if (!value) return std::nullopt;
  const std::vector<StoredLink> links = decode_links(*value);
  return links.empty() ? std::nullopt : std::optional(links.front());
}

std::optional<std::string> Store::find_index(std::uint64_t run, std::string_view key) const {
  return get_of_run(*impl_, schema::kIndex, run, std::string(key));
}

std::optional<StoredEntity> Store::find_entity(std::uint64_t run, VertexKey entity) const {
  const std::optional<std::string> value = get_of_run(*impl_, schema::kEntities, run, schema::key_vertex(entity));
  return value ? std::optional(decode_entity(entity, *value)) : std::nullopt;
}

RunRows::RunRows(const std::filesystem::path& store, std::uint64_t run) : store_(open_inside(store, {})), run_(run) {}
RunRows::~RunRows() = default;

void RunRows::scan_links(const std::function<void(KeyHash, std::span<const StoredLink>)>& links,
                         const std::function<void(KeyHash, const StoredLink&)>& nearest) const {
  scan_run(*store_, schema::kLinks, run_, [&](std::string_view rest, std::string_view value) {
    const std::vector<StoredLink> read = decode_links(value);
    const KeyHash account = schema::read_u64(rest, 0);
    if (rest.size() == 8) return links(account, read);
    if (!read.empty()) nearest(account, read.front());
  });
}

void RunRows::scan_entities(const std::function<void(const StoredEntity&)>& visit) const {
  scan_run(*store_, schema::kEntities, run_, [&](std::string_view rest, std::string_view value) {
    const auto kind = static_cast<KindId>(static_cast<std::uint8_t>(rest[0]));
    visit(decode_entity({kind, schema::read_u64(rest, 1)}, value));
  });
}

void RunRows::scan_index(const std::function<void(std::string_view key, std::string_view value)>& visit) const {
  scan_run(*store_, schema::kIndex, run_, visit);
}

}  // namespace ringscope
