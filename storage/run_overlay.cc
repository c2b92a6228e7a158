#include "storage/run_overlay.h"

#include <algorithm>

#include "storage/codec.h"

namespace ringscope {
namespace {

using Visit = std::function<void(std::string_view, std::string_view)>;

// What a run's rows lie over: 0 for nothing, as when the rows of the run were dropped.
std::uint64_t base_kept(const Store::Impl& store, schema::Family f, std::uint64_t run) {
  const std::uint64_t base = base_of(store, run);
  const bool may_be_dropped = f == schema::kLinks || f == schema::kEntities || f == schema::kIndex;
  return base != 0 && may_be_dropped && run + 1 < store.counter("run") ? 0 : base;
}

// Keys without the run in [first, last); `last` empty: to the end.
struct RowRange {
  std::string first, last;
};

void scan_rows(const Store::Impl& store, schema::Family f, std::uint64_t run, std::uint64_t base, const RowRange& range,
               const Visit& visit) {
  const auto scan_own = [&](std::uint64_t of, const auto& each) {
    const std::string last = range.last.empty() ? schema::key_u64(of + 1) : schema::key_u64(of) + range.last;
    store.scan(f, schema::key_u64(of) + range.first, last,
               [&](std::string_view key, std::string_view value) { each(key.substr(8), value); });
  };
  if (base == 0) return scan_own(run, visit);
  std::vector<KeyValue> own;
  scan_own(run, [&](std::string_view rest, std::string_view value) {
    own.push_back({std::string(rest), std::string(value)});
  });
  auto next = own.begin();
  const auto visit_own = [&] {
    if (!next->value.empty()) visit(next->key, next->value);
    ++next;
  };
  scan_own(base, [&](std::string_view rest, std::string_view value) {
    while (next != own.end() && next->key < rest) visit_own();
    if (next != own.end() && next->key == rest) return visit_own();
    visit(rest, value);
  });
  while (next != own.end()) visit_own();
}

}  // namespace

std::uint64_t base_of(const Store::Impl& store, std::uint64_t run) {
  const auto found = store.bases.find(run);
  return found == store.bases.end() ? 0 : found->second;
}

std::optional<std::string> get_of_run(const Store::Impl& store, schema::Family f, std::uint64_t run,
                                      const std::string& rest, Reading reading) {
  std::optional<std::string> value = store.get(f, schema::key_u64(run) + rest, reading);
  const std::uint64_t base = base_kept(store, f, run);
  if (!value && base != 0) value = store.get(f, schema::key_u64(base) + rest, reading);
  if (value && value->empty() && base != 0) return std::nullopt;
  return value;
}

void scan_run(const Store::Impl& store, schema::Family f, std::uint64_t run,
              const std::function<void(std::string_view, std::string_view)>& visit) {
  scan_rows(store, f, run, base_of(store, run), {}, visit);
}

void scan_kept(const Store::Impl& store, schema::Family f, std::uint64_t run, const std::string& first,
               const std::string& last, const std::function<void(std::string_view, std::string_view)>& visit) {
  scan_rows(store, f, run, base_kept(store, f, run), {first, last}, visit);
}

std::vector<std::uint64_t> runs_let_go(const Store::Impl& store, std::uint64_t run) {
  if (run <= 2) return {};
  const std::uint64_t needed[] = {run, run - 1, base_of(store, run), base_of(store, run - 1)};
  std::vector<std::uint64_t> let_go;
  for (const std::uint64_t old : {run - 2, base_of(store, run - 2)}) {
    if (old != 0 && std::ranges::find(needed, old) == std::end(needed)) let_go.push_back(old);
  }
  return let_go;
}

void replace_image(const Store::Impl& store, rocksdb::WriteBatch& batch, std::uint64_t run, SortedFiles& image) {
  image.ingest();
  std::string number;
  Encoder(number).number(run);
  check(batch.Put(store.family(schema::kMeta), "image", number), "building a batch");
  const auto drop = [&](schema::Family f, const std::string& first, const std::string& last) {
    store.scan(f, first, last, [&](std::string_view key, std::string_view) {
      check(batch.Delete(store.family(f), slice(key)), "building a batch");
    });
  };
  drop(schema::kImage, "", schema::key_u64(run));
  drop(schema::kTouched, "", "");
}

}  // namespace ringscope
