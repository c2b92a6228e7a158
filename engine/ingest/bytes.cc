#include "engine/ingest/bytes.h"

#include <algorithm>
#include <cerrno>
#include <cstring>

#include <fcntl.h>
#include <poll.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/error.h"

namespace ringscope {
namespace {

constexpr int kPauseMilliseconds = 1000;

[[noreturn]] void cannot_open(const std::string& label, int error) {
  throw Error(ErrorCode::input, std::string("cannot open the file: ") + std::strerror(error), label);
}

}  // namespace

FileBytes::FileBytes(const std::string& label, std::uint64_t offset) : label_(label) {
  descriptor_ = label == "-" ? STDIN_FILENO : ::open(label.c_str(), O_RDONLY | O_CLOEXEC);
  if (descriptor_ < 0) cannot_open(label, errno);
  struct stat status {};
  if (::fstat(descriptor_, &status) != 0) cannot_open(label, errno);
  if (S_ISDIR(status.st_mode)) {
    ::close(descriptor_);
    throw Error(ErrorCode::input, "is a directory; name the files in it", label);
  }
  regular_ = S_ISREG(status.st_mode) && label != "-";
  size_ = regular_ ? static_cast<std::uint64_t>(status.st_size) : 0;
  if (regular_) ::posix_fadvise(descriptor_, 0, 0, POSIX_FADV_SEQUENTIAL);
  if (offset > 0) ::lseek(descriptor_, static_cast<off_t>(offset), SEEK_SET);
}

FileBytes::~FileBytes() {
  if (descriptor_ > STDIN_FILENO) ::close(descriptor_);
}

std::size_t FileBytes::read(std::span<char> into) {
  for (;;) {
    const ssize_t got = ::read(descriptor_, into.data(), into.size());
    if (got >= 0) return static_cast<std::size_t>(got);
    if (errno != EINTR) throw Error(ErrorCode::io, std::string("cannot read: ") + std::strerror(errno), label_);
  }
}

bool FileBytes::pauses() {
  if (regular_) return false;
  pollfd waiting{descriptor_, POLLIN, 0};
  return ::poll(&waiting, 1, kPauseMilliseconds) == 0;
}

std::size_t PrefixedBytes::read(std::span<char> into) {
  if (at_ == prefix_.size()) return rest_.read(into);
  const std::size_t n = std::min(into.size(), prefix_.size() - at_);
  std::memcpy(into.data(), prefix_.data() + at_, n);
  at_ += n;
  return n;
}

Compression detect_compression(std::string_view head) {
  if (head.starts_with("\x1f\x8b")) return Compression::gzip;
  if (head.starts_with("\x28\xb5\x2f\xfd")) return Compression::zstd;
  const bool skippable_frame =  // 0x184D2A50 to 0x184D2A5F, little-endian
      head.size() >= 4 && (static_cast<unsigned char>(head[0]) & 0xf0) == 0x50 && head.substr(1, 3) == "\x2a\x4d\x18";
  return skippable_frame ? Compression::zstd : Compression::none;
}

std::unique_ptr<Bytes> decompressor(Compression compression, Bytes& raw, const std::string& label) {
  switch (compression) {
    case Compression::gzip:
      return gzip_bytes(raw, label);
    case Compression::zstd:
      return zstd_bytes(raw, label);
    case Compression::none:
      break;
  }
  return nullptr;
}

std::string read_up_to(Bytes& source, std::size_t bytes) {
  std::string text(bytes, '\0');
  std::size_t size = 0;
  while (size < bytes) {
    const std::size_t got = source.read(std::span(text).subspan(size));
    if (got == 0) break;
    size += got;
  }
  text.resize(size);
  return text;
}

std::string read_file(const std::string& label) {
  constexpr std::size_t kPiece = std::size_t{1} << 20;
  FileBytes raw(label);
  std::string head = read_up_to(raw, kPiece);
  const Compression compression = detect_compression(head);
  PrefixedBytes whole(std::move(head), raw);
  const std::unique_ptr<Bytes> unpacked = decompressor(compression, whole, label);
  Bytes& source = unpacked ? *unpacked : whole;
  std::string text;
  for (std::string piece = read_up_to(source, kPiece); !piece.empty(); piece = read_up_to(source, kPiece)) {
    text += piece;
  }
  return text;
}

}  // namespace ringscope
