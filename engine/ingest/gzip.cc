#include <vector>

#include <zlib.h>

#include "base/error.h"
#include "engine/ingest/bytes.h"

namespace ringscope {
namespace {

constexpr std::size_t kInputBytes = std::size_t{256} << 10;
constexpr int kGzipOnly = 15 + 16;  // zlib's window bits: 32 KiB, gzip wrapper

class GzipBytes : public Bytes {
 public:
  GzipBytes(Bytes& raw, const std::string& label) : raw_(raw), label_(label), input_(kInputBytes) {
    if (inflateInit2(&stream_, kGzipOnly) != Z_OK) throw Error(ErrorCode::memory, "cannot start zlib", label_);
  }
  ~GzipBytes() override { inflateEnd(&stream_); }
  GzipBytes(const GzipBytes&) = delete;
  GzipBytes& operator=(const GzipBytes&) = delete;

  std::size_t read(std::span<char> into) override {
    while (has_input()) {
      if (!inside_member_ && !begin_member()) continue;
      stream_.next_out = reinterpret_cast<Bytef*>(into.data());
      stream_.avail_out = static_cast<uInt>(into.size());
      const int status = inflate(&stream_, Z_NO_FLUSH);
      if (status == Z_STREAM_END)
        inside_member_ = false;
      else if (status != Z_OK && status != Z_BUF_ERROR)
        throw Error(ErrorCode::input, "damaged gzip data; decompress it by hand and see how far it goes", label_);
      const std::size_t got = into.size() - stream_.avail_out;
      if (got > 0) return got;
    }
    if (inside_member_) throw Error(ErrorCode::input, "ends inside gzip data; nothing of it has been stored", label_);
    return 0;
  }

 private:
  // zlib may hold output back although it has taken all input, so an open member with a full buffer goes on.
  bool has_input() {
    if (stream_.avail_in > 0 || pending_output()) return true;
    const std::size_t got = raw_.read(input_);
    stream_.next_in = reinterpret_cast<Bytef*>(input_.data());
    stream_.avail_in = static_cast<uInt>(got);
    return got > 0;
  }
  bool pending_output() const { return inside_member_ && stream_.next_out != nullptr && stream_.avail_out == 0; }

  // Zero bytes after a member are padding.
  bool begin_member() {
    if (*stream_.next_in == 0) {
      ++stream_.next_in;
      --stream_.avail_in;
      return false;
    }
    inflateReset(&stream_);
    inside_member_ = true;
    return true;
  }

  Bytes& raw_;
  std::string label_;
  std::vector<char> input_;
  z_stream stream_{};
  bool inside_member_ = false;
};

}  // namespace

std::unique_ptr<Bytes> gzip_bytes(Bytes& raw, const std::string& label) {
  return std::make_unique<GzipBytes>(raw, label);
}

}  // namespace ringscope
