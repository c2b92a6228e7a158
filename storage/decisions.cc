// What people and pipelines decide between runs: verdicts, the events and standings they lead to, actions, the journal.
#include "base/error.h"
#include "storage/codec.h"
#include "storage/store_internal.h"

namespace ringscope {
namespace {

std::uint64_t last_number(const Store::Impl& store, schema::Family family) {
  if (store.family(family) == nullptr) return 0;
  rocksdb::ReadOptions options;
  options.total_order_seek = true;
  const std::unique_ptr<rocksdb::Iterator> it(store.db->NewIterator(options, store.family(family)));
  it->SeekToLast();
  check(it->status(), "reading the last number");
  return it->Valid() ? schema::read_u64(view(it->key()), 0) : 0;
}

void scan_numbers(const Store::Impl& store, schema::Family family, const char* what,
                  const std::function<void(std::uint64_t, std::string_view)>& visit) {
  store.scan(family, "", "", [&](std::string_view key, std::string_view payload) {
    if (key.size() != 8)
      throw Error(ErrorCode::corrupt, std::string("damaged key of ") + what + "; run 'ringscope doctor'");
    visit(schema::read_u64(key, 0), payload);
  });
}

class Writer final : public DecisionWriter {
 public:
  explicit Writer(Store::Impl& store)
      : store_(store),
        verdict_(last_number(store, schema::kVerdicts)),
        journal_(last_number(store, schema::kJournal)),
        event_(store.counter("event")) {
    store.require_writable();
  }

  std::uint64_t add_verdict(std::string_view payload) override {
    put(schema::kVerdicts, schema::key_u64(++verdict_), payload);
    return verdict_;
  }
  std::uint64_t add_event(std::string_view payload) override {
    put(schema::kLedger, schema::key_u64(++event_), payload);
    return event_;
  }
  void set_standing(const StoredRing& standing) override { put(schema::kStandings, standing.id, standing.payload); }
  void set_action(KeyHash account, std::string_view payload) override {
    put(schema::kActions, schema::key_u64(account), payload);
  }
  std::uint64_t add_journal(std::string_view payload) override {
    put(schema::kJournal, schema::key_u64(++journal_), payload);
    return journal_;
  }
  void set_feed_floor(std::uint64_t seq) override { put_number("floor", seq); }
  std::uint64_t next_event() const override { return event_ + 1; }
  void commit() override {
    put_number("event", event_);
    rocksdb::WriteOptions synced;
    synced.sync = true;
    check(store_.db->Write(synced, &batch_), "writing decisions");
    batch_.Clear();
  }

 private:
  void put(schema::Family f, const std::string& key, std::string_view value) {
    check(batch_.Put(store_.family(f), key, slice(value)), "building a batch");
  }
  void put_number(const std::string& name, std::uint64_t value) {
    std::string number;
    Encoder(number).number(value);
    put(schema::kMeta, name, number);
  }

  Store::Impl& store_;
  std::uint64_t verdict_, journal_, event_;
  rocksdb::WriteBatch batch_;
};

}  // namespace

std::unique_ptr<DecisionWriter> Store::decision_writer() { return std::make_unique<Writer>(*impl_); }

std::uint64_t Store::append_verdicts(std::span<const std::string> payloads) {
  const std::unique_ptr<DecisionWriter> writer = decision_writer();
  std::uint64_t first = 0;
  for (const std::string& payload : payloads) {
    const std::uint64_t number = writer->add_verdict(payload);
    if (first == 0) first = number;
  }
  writer->commit();
  return first;
}

void Store::scan_verdicts(const std::function<void(std::uint64_t, std::string_view)>& visit) const {
  scan_numbers(*impl_, schema::kVerdicts, "a verdict", visit);
}

void Store::scan_actions(const std::function<void(KeyHash, std::string_view)>& visit) const {
  scan_numbers(*impl_, schema::kActions, "an action", visit);
}

std::optional<std::string> Store::find_action(KeyHash account) const {
  return impl_->get(schema::kActions, schema::key_u64(account));
}

void Store::scan_journal(const std::function<void(std::uint64_t, std::string_view)>& visit) const {
  scan_numbers(*impl_, schema::kJournal, "an entry of the journal", visit);
}

std::uint64_t Store::feed_floor() const { return impl_->counter("floor"); }

}  // namespace ringscope
