// The files of rejected lines (DB/rejects/), afterwards: what they held of somebody goes, and whether they are whole.
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <string>
#include <string_view>

#include "storage/stored.h"

namespace ringscope {

// Empties the text of the lines for which `speaks` says true; that there was such a line stays, with its reason. Each
// file is there in full, before or after. What processes left there that died goes as well: nobody may be writing to
// the store. How many lines were emptied. Throws Error io, no_space.
std::uint64_t empty_rejects(const std::filesystem::path& directory,
                            const std::function<bool(std::string_view raw)>& speaks);

// An entry, an object of JSON without a newline, with digits at its end by which damage is found.
std::string with_check(std::string entry);
// What is wrong with the entries of a source that was read so far; empty: nothing, or its file is not there. Entries
// behind those are of an ingest that ended early, and are not looked at.
std::string reject_trouble(const std::filesystem::path& directory, const SourcePosition& position);

}  // namespace ringscope
