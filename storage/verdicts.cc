// What people decided: a log by number that is only ever added to.
#include "base/error.h"
#include "storage/store_internal.h"

namespace ringscope {
namespace {

std::uint64_t last_number(const Store::Impl& store) {
  if (store.family(schema::kVerdicts) == nullptr) return 0;
  rocksdb::ReadOptions options;
  options.total_order_seek = true;
  const std::unique_ptr<rocksdb::Iterator> it(store.db->NewIterator(options, store.family(schema::kVerdicts)));
  it->SeekToLast();
  check(it->status(), "reading verdicts");
  return it->Valid() ? schema::read_u64(view(it->key()), 0) : 0;
}

}  // namespace

std::uint64_t Store::append_verdicts(std::span<const std::string> payloads) {
  impl_->require_writable();
  const std::uint64_t first = last_number(*impl_) + 1;
  rocksdb::WriteBatch batch;
  for (std::size_t i = 0; i < payloads.size(); ++i) {
    check(batch.Put(impl_->family(schema::kVerdicts), schema::key_u64(first + i), payloads[i]), "building a batch");
  }
  rocksdb::WriteOptions synced;
  synced.sync = true;
  check(impl_->db->Write(synced, &batch), "writing verdicts");
  return first;
}

void Store::scan_verdicts(const std::function<void(std::uint64_t, std::string_view)>& visit) const {
  impl_->scan(schema::kVerdicts, "", "", [&](std::string_view key, std::string_view payload) {
    if (key.size() != 8) throw Error(ErrorCode::corrupt, "damaged key of a verdict; run 'ringscope doctor'");
    visit(schema::read_u64(key, 0), payload);
  });
}

}  // namespace ringscope
