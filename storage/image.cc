// What a run leaves for the next one to start from, and which accounts have had rows since.
#include <algorithm>

#include "storage/codec.h"
#include "storage/store_internal.h"

namespace ringscope {
namespace {

constexpr std::size_t kAccountsAPart = 8192;

}  // namespace

void put_touched(const Store::Impl& store, std::uint64_t batch, std::span<const KeyHash> accounts,
                 const std::function<void(const std::string&, const std::string&)>& put) {
  if (accounts.empty() || store.counter("image") == 0) return;
  for (std::size_t begin = 0, part = 0; begin < accounts.size(); begin += kAccountsAPart, ++part) {
    std::string value;
    Encoder out(value);
    const std::size_t end = std::min(accounts.size(), begin + kAccountsAPart);
    for (std::size_t i = begin; i < end; ++i) out.fixed64(accounts[i]);
    put(schema::key_u64_u64(batch, part), value);
  }
}

std::uint64_t Store::image_run() const { return impl_->counter("image"); }

void Store::read_image(const std::function<void(std::string_view part)>& visit) const {
  const std::uint64_t run = image_run();
  if (run == 0) return;
  impl_->scan(schema::kImage, schema::key_u64(run), schema::key_u64(run + 1),
              [&](std::string_view, std::string_view part) { visit(part); });
}

std::vector<KeyHash> Store::touched() const {
  std::vector<KeyHash> accounts;
  impl_->scan(schema::kTouched, "", "", [&](std::string_view, std::string_view value) {
    for (Decoder in(value, "touched accounts"); !in.done();) accounts.push_back(in.fixed64());
  });
  std::sort(accounts.begin(), accounts.end());
  accounts.erase(std::unique(accounts.begin(), accounts.end()), accounts.end());
  return accounts;
}

void Store::drop_image() {
  impl_->require_writable();
  if (image_run() == 0) return;
  rocksdb::WriteBatch batch;
  std::string none;
  Encoder(none).number(0);
  check(batch.Put(impl_->family(schema::kMeta), "image", none), "building a batch");
  for (const auto f : {schema::kImage, schema::kTouched}) {
    impl_->scan(f, "", "", [&](std::string_view key, std::string_view) {
      check(batch.Delete(impl_->family(f), slice(key)), "building a batch");
    });
  }
  rocksdb::WriteOptions synced;
  synced.sync = true;
  check(impl_->db->Write(synced, &batch), "removing an image");
}

}  // namespace ringscope
