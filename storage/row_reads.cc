// Rows of some accounts: one walk that jumps from one to the next.
#include "storage/codec.h"
#include "storage/store_internal.h"

namespace ringscope {
namespace {

// Calls add(value) for each fragment of an account, then done(account), account by account.
template <class Add, class Done>
void read_rows(const Store::Impl& store, schema::Family family, std::span<const KeyHash> accounts, const Add& add,
               const Done& done) {
  rocksdb::ReadOptions options;
  options.total_order_seek = true;
  options.fill_cache = !store.brief;  // as Store::Impl::get()
  const std::unique_ptr<rocksdb::Iterator> it(store.db->NewIterator(options, store.family(family)));
  for (const KeyHash account : accounts) {
    const std::string prefix = schema::key_u64(account);
    for (it->Seek(prefix); it->Valid() && it->key().starts_with(prefix); it->Next()) add(view(it->value()));
    check(it->status(), "reading rows");
    done(account);
  }
}

}  // namespace

void Store::visit_cells(std::span<const KeyHash> accounts, const DayWindow& window,
                        const std::function<void(KeyHash, std::span<const Cell>)>& visit) const {
  std::vector<Cell> cells, fragment;
  const auto add = [&](std::string_view bytes) {
    if (cells.empty()) return decode_cells(bytes, window, cells);
    fragment.clear();
    decode_cells(bytes, window, fragment);
    merge_cells(cells, fragment);
  };
  read_rows(*impl_, schema::kCells, accounts, add, [&](KeyHash account) {
    visit(account, cells);
    cells.clear();
  });
}

void Store::visit_activity(std::span<const KeyHash> accounts, const DayWindow& window,
                           const std::function<void(KeyHash, std::span<const ActivityDay>)>& visit) const {
  std::vector<ActivityDay> days, fragment;
  const auto add = [&](std::string_view bytes) {
    if (days.empty()) return decode_activity(bytes, window, days);
    fragment.clear();
    decode_activity(bytes, window, fragment);
    merge_activity(days, fragment);
  };
  read_rows(*impl_, schema::kActivity, accounts, add, [&](KeyHash account) {
    visit(account, days);
    days.clear();
  });
}

void Store::visit_facts(std::span<const KeyHash> accounts,
                        const std::function<void(KeyHash, const AccountFacts&)>& visit) const {
  AccountFacts facts;
  const auto add = [&](std::string_view bytes) { merge_facts(facts, decode_facts(bytes)); };
  read_rows(*impl_, schema::kFacts, accounts, add, [&](KeyHash account) {
    visit(account, facts);
    facts = {};
  });
}

}  // namespace ringscope
