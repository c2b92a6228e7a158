#include "storage/copy.h"

#include <string>
#include <system_error>

#include "base/disk.h"
#include "base/error.h"
#include "storage/store.h"

namespace ringscope {

namespace fs = std::filesystem;

void make_whole(const fs::path& to, const std::function<void(const fs::path&)>& fill) {
  if (fs::exists(to) && !(fs::is_directory(to) && fs::is_empty(to)))
    throw Error(ErrorCode::usage, "there is something here already; name a new place", to.string());
  const fs::path part = to.string() + ".part";
  fs::remove_all(part);  // of a process that died
  try {
    fs::create_directories(part);
    fill(part / "made");
    sync_to_disk(part / "made");
    fs::rename(part / "made", to);
    sync_to_disk(directory_of(to));
  } catch (...) {
    std::error_code ignored;
    fs::remove_all(part, ignored);
    throw;
  }
  fs::remove_all(part);
}

void copy_store(const fs::path& from, const fs::path& to) {
  const auto store = Store::open(from, {.mode = OpenMode::write});
  make_whole(to, [&](const fs::path& made) { store->checkpoint(made); });
}

}  // namespace ringscope
