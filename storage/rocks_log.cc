#include "storage/rocks_log.h"

#include <algorithm>
#include <cstdarg>
#include <cstdio>
#include <ctime>
#include <string>

#include <fcntl.h>
#include <rocksdb/env.h>
#include <sys/stat.h>
#include <unistd.h>

namespace ringscope {
namespace {

constexpr off_t kLongest = 1 << 20;
constexpr std::size_t kLongestMessage = 2048;

class StoreLog final : public rocksdb::Logger {
 public:
  explicit StoreLog(std::string path) : rocksdb::Logger(rocksdb::InfoLogLevel::WARN_LEVEL), path_(std::move(path)) {}
  using rocksdb::Logger::Logv;
  void Logv(const char* format, std::va_list arguments) override {
    char text[kLongestMessage];
    const std::time_t now = std::time(nullptr);
    std::tm parts{};
    gmtime_r(&now, &parts);
    const std::size_t begin = std::strftime(text, sizeof text, "%Y-%m-%dT%H:%M:%SZ ", &parts);
    const int written = std::vsnprintf(text + begin, sizeof text - begin - 1, format, arguments);
    if (written < 0) return;
    std::size_t size = std::min(begin + static_cast<std::size_t>(written), sizeof text - 2);
    if (text[size - 1] != '\n') text[size++] = '\n';
    append({text, size});
  }

 private:
  void append(std::string_view line) const {
    const int file = ::open(path_.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
    if (file < 0) return;
    struct stat status {};
    const bool full = ::fstat(file, &status) == 0 && status.st_size >= kLongest;
    if (!full) (void)!::write(file, line.data(), line.size());
    ::close(file);
    // The next message begins a new one, in place of the older of two.
    if (full && std::rename(path_.c_str(), (path_ + ".old").c_str()) == 0) append(line);
  }
  std::string path_;
};

}  // namespace

std::shared_ptr<rocksdb::Logger> make_log(const std::filesystem::path& store) {
  return std::make_shared<StoreLog>((store / "LOG").string());
}

}  // namespace ringscope
