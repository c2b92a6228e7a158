#include "engine/care/erase_again.h"

#include <algorithm>
#include <ctime>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "base/atomic_file.h"
#include "base/disk.h"
#include "base/error.h"
#include "engine/ledger/audit.h"
#include "engine/release/erase.h"
#include "storage/suppress.h"
#include "storage/value_keys.h"

namespace ringscope {
namespace {

namespace fs = std::filesystem;

constexpr const char* kWhoErases = "backup restore";
constexpr const char* kWhy = "was erased from the store that this is a copy of";

// Whom a store erased: by the marks that keep them away, and by what its audit says.
class ErasedIn {
 public:
  ErasedIn(const fs::path& live, Seconds since) : key_file_(suppress_key_file(live)) {
    const auto store = Store::open(live, {.mode = OpenMode::read_only});
    marks_ = store->suppressed();
    if (!marks_.empty()) key_.emplace(ValueKeys::read(key_file_));
    read_audit(live, [&](const AuditEntry& entry) {
      if (entry.what == "cli.erase" && entry.at >= since)
        subjects_.insert(entry.subjects.begin(), entry.subjects.end());
    });
    if (!subjects_.empty()) audit_.emplace(live);
  }

  bool stays_away(const std::string& account) const {
    return key_ && std::ranges::binary_search(marks_, key_->mark("account", account));
  }
  bool was_erased(const std::string& account) const {
    return stays_away(account) || (audit_ && subjects_.contains(audit_->account_subject(account)));
  }
  const std::vector<std::string>& marks() const { return marks_; }
  std::string key_id() const { return key_ ? key_->id(1) : ""; }
  const fs::path& key_file() const { return key_file_; }

 private:
  fs::path key_file_;
  std::vector<std::string> marks_;  // ascending
  std::optional<ValueKeys> key_;
  std::set<std::string> subjects_;
  std::optional<AuditLog> audit_;
};

// The copy knows erased accounts by the key of the store.
void take_key(const fs::path& copy, const ErasedIn& erased) {
  if (erased.marks().empty()) return;
  const fs::path file = suppress_key_file(copy);
  if (!fs::exists(file)) {
    fs::create_directories(file.parent_path());
    fs::permissions(file.parent_path(), fs::perms::owner_all);
    AtomicFile made(file, FileMode::owner_only);
    made.write(read_bytes(erased.key_file()).value_or(""));
    made.commit();
  }
  if (ValueKeys::read(file).id(1) != erased.key_id())
    throw Error(ErrorCode::refused,
                "the two stores know erased accounts by different keys: one is no copy of the other",
                erased.key_file().string());
}

std::vector<std::string> erased_names(const Store& store, const ErasedIn& erased) {
  std::vector<std::string> names;
  const auto cursor = store.name_cursor();
  for (Name name; cursor->next(name);)
    if (name.key.kind == kAccountKind && erased.was_erased(name.value)) names.push_back(name.value);
  return names;
}

}  // namespace

std::uint64_t erase_again(const fs::path& copy, const fs::path& live, Seconds since) {
  const ErasedIn erased(live, since);
  take_key(copy, erased);
  std::uint64_t accounts = 0;
  {
    const auto store = Store::open(copy, {.mode = OpenMode::write});
    for (const std::string& account : erased_names(*store, erased)) {
      const ComesAgain again = erased.stays_away(account) ? ComesAgain::never : ComesAgain::may;
      (void)erase_account(*store, {account, kWhoErases, kWhy, std::time(nullptr), again});
      ++accounts;
    }
  }
  if (!erased.marks().empty()) suppress(copy, erased.marks());
  (void)Store::open(copy, {.mode = OpenMode::write});  // a new log of writes and a new manifest
  return accounts;
}

}  // namespace ringscope
