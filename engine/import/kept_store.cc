#include "engine/import/kept_store.h"

#include <fmt/format.h>

#include "base/error.h"
#include "engine/care/health.h"
#include "storage/store.h"

namespace ringscope {

std::filesystem::path find_kept_store(const std::filesystem::path& run) {
  namespace fs = std::filesystem;
  if (!fs::is_directory(run)) throw Error(ErrorCode::not_found, "there is no such directory", run.string());
  if (fs::exists(run / kRunsWork))
    throw Error(ErrorCode::refused,
                fmt::format("the run is not over, or died: its directory still has {}/; wait for it or run it again",
                            kRunsWork),
                run.string());
  fs::path store = run / kKeptStore;
  if (!fs::exists(store / "CURRENT"))
    throw Error(ErrorCode::not_found, "the run kept no store; make it with 'ringscope-spark detect --keep-store'",
                run.string());
  const Health health = examine(store, {});
  if (!health.damage.empty())
    throw Error(ErrorCode::corrupt,
                fmt::format("the store of the run is not sound: {}; copy it again, or make the run again",
                            health.damage.front().examples.front()),
                store.string());
  if (health.counts.runs == 0) throw Error(ErrorCode::corrupt, "the store of the run has no run in it", store.string());
  return store;
}

}  // namespace ringscope
