// Who is writing to a store, and whether its files have changed.
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace ringscope {

// The process that holds the store for writing, this one included; nothing: none does. It is asked, not waited for.
std::optional<std::int64_t> writer_of(const std::filesystem::path& store);

// Makes a change while the store is held for writing; does not, and does not wait, when somebody else holds it, or this
// process holds any store.
void while_nobody_writes(const std::filesystem::path& store, const std::function<void()>& change);

// Names and sizes of the files that grow or change when something is written: logs and manifests. Equal marks: a reader
// that is opened now sees what one saw that was opened then.
using StoreMark = std::vector<std::pair<std::string, std::uintmax_t>>;
StoreMark store_mark(const std::filesystem::path& store);

// Says that this process writes to some store as long as it lives. A lock of a file ends with the first descriptor of
// it that its process closes, so nobody may look at the lock meanwhile.
class OwnWriter {
 public:
  OwnWriter();
  ~OwnWriter();
  OwnWriter(const OwnWriter&) = delete;
  OwnWriter& operator=(const OwnWriter&) = delete;
};

}  // namespace ringscope
