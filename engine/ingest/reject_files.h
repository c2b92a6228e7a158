// The files of rejected lines (DB/rejects/), afterwards: what they held of somebody goes.
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <string_view>

namespace ringscope {

// Empties the text of the lines for which `speaks` says true; that there was such a line stays, with its reason. Each
// file is there in full, before or after. What processes left there that died goes as well: nobody may be writing to
// the store. How many lines were emptied. Throws Error io, no_space.
std::uint64_t empty_rejects(const std::filesystem::path& directory,
                            const std::function<bool(std::string_view raw)>& speaks);

}  // namespace ringscope
