// A run over a base: its own rows first, then the base's where it has none and does not say that they are gone. And
// what belongs to a run beside its rows: its image, and when its rows may be let go. For the sources of this folder.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "storage/store_internal.h"

namespace ringscope {

// 0: the run lies over none.
std::uint64_t base_of(const Store::Impl& store, std::uint64_t run);

// The value of a row, `rest` being its key without the run; nothing when the run does not have it.
std::optional<std::string> get_of_run(const Store::Impl& store, schema::Family f, std::uint64_t run,
                                      const std::string& rest, Reading reading = Reading::again);

// Calls visit(rest of the key, value), ascending, for all rows of a run, whether dropped or not. Holds the run's own
// rows in memory when it lies over another.
void scan_run(const Store::Impl& store, schema::Family f, std::uint64_t run,
              const std::function<void(std::string_view, std::string_view)>& visit);

// The same for the rows of which the rest of the key is in [first, last), `last` empty: to the end; what get_of_run()
// has of each.
void scan_kept(const Store::Impl& store, schema::Family f, std::uint64_t run, const std::string& first,
               const std::string& last, const std::function<void(std::string_view, std::string_view)>& visit);

// Runs whose links and entities nobody reads once `run` is published: neither it, the run before, nor a base of them.
std::vector<std::uint64_t> runs_let_go(const Store::Impl& store, std::uint64_t run);

// Takes in the files of a run's image, and adds to the batch that it is the image, and that earlier images and what was
// touched up to now are gone.
void replace_image(const Store::Impl& store, rocksdb::WriteBatch& batch, std::uint64_t run, SortedFiles& image);

}  // namespace ringscope
