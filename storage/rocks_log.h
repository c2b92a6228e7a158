// RocksDB's own messages. For the sources of this folder.
#pragma once

#include <filesystem>
#include <memory>

namespace rocksdb {
class Logger;
}

namespace ringscope {

// Warnings and errors go to the end of the store's file LOG, as long as that is short; a message that cannot be written
// is dropped. RocksDB's own logger ends the process when it writes to a full disk twice (7.8 with assertions, as Debian
// builds it), and writes all its options at every opening.
std::shared_ptr<rocksdb::Logger> make_log(const std::filesystem::path& store);

}  // namespace ringscope
