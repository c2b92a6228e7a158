// A store in another place: what its database holds, in files of its own.
#pragma once

#include <filesystem>
#include <functional>

namespace ringscope {

// Calls fill(a path beside `to`, at which nothing is) and gives what it made there the name `to`, at which nothing may
// be but an empty directory: it is there in full or not at all. Throws Error usage, io, and what `fill` throws.
void make_whole(const std::filesystem::path& to, const std::function<void(const std::filesystem::path&)>& fill);

// A second store at `to` with all that the one at `from` holds, but for what lies beside its database: snapshots,
// rejects/, tokens, the audit. Files that never change are linked where both are on one disk. `from` is opened for
// writing, so that nobody else is. Throws as Store::open() and make_whole() do.
void copy_store(const std::filesystem::path& from, const std::filesystem::path& to);

}  // namespace ringscope
