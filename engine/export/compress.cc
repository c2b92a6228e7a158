#include "engine/export/compress.h"

#include <zlib.h>
#include <zstd.h>

#include "base/error.h"

namespace ringscope {
namespace {

constexpr std::size_t kPieceBytes = std::size_t{1} << 16;
using Sink = std::function<void(std::string_view)>;

class Plain final : public Packer {
 public:
  explicit Plain(Sink sink) : sink_(std::move(sink)) {}
  void write(std::string_view bytes) override { sink_(bytes); }
  void finish() override {}

 private:
  Sink sink_;
};

class Gzip final : public Packer {
 public:
  explicit Gzip(Sink sink) : sink_(std::move(sink)), piece_(kPieceBytes, '\0') {
    constexpr int kGzipHeader = 15 + 16;
    if (deflateInit2(&stream_, Z_DEFAULT_COMPRESSION, Z_DEFLATED, kGzipHeader, 8, Z_DEFAULT_STRATEGY) != Z_OK)
      throw Error(ErrorCode::internal, "zlib cannot begin");
  }
  ~Gzip() override { deflateEnd(&stream_); }
  Gzip(const Gzip&) = delete;
  Gzip& operator=(const Gzip&) = delete;

  void write(std::string_view bytes) override { run(bytes, Z_NO_FLUSH); }
  void finish() override { run({}, Z_FINISH); }

 private:
  void run(std::string_view bytes, int flush) {
    stream_.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(bytes.data()));
    stream_.avail_in = static_cast<uInt>(bytes.size());
    do {
      stream_.next_out = reinterpret_cast<Bytef*>(piece_.data());
      stream_.avail_out = static_cast<uInt>(piece_.size());
      if (deflate(&stream_, flush) == Z_STREAM_ERROR) throw Error(ErrorCode::internal, "zlib cannot pack");
      sink_(std::string_view(piece_).substr(0, piece_.size() - stream_.avail_out));
    } while (stream_.avail_out == 0);
  }

  Sink sink_;
  std::string piece_;
  z_stream stream_{};
};

class Zstd final : public Packer {
 public:
  explicit Zstd(Sink sink) : sink_(std::move(sink)), piece_(ZSTD_CStreamOutSize(), '\0'), stream_(ZSTD_createCCtx()) {
    if (!stream_) throw Error(ErrorCode::memory, "no memory to pack with zstd");
    ZSTD_CCtx_setParameter(stream_.get(), ZSTD_c_checksumFlag, 1);
  }
  void write(std::string_view bytes) override { run(bytes, ZSTD_e_continue); }
  void finish() override { run({}, ZSTD_e_end); }

 private:
  struct Free {
    void operator()(ZSTD_CCtx* stream) const { ZSTD_freeCCtx(stream); }
  };
  void run(std::string_view bytes, ZSTD_EndDirective directive) {
    ZSTD_inBuffer in{bytes.data(), bytes.size(), 0};
    for (bool done = false; !done;) {
      ZSTD_outBuffer out{piece_.data(), piece_.size(), 0};
      const std::size_t left = ZSTD_compressStream2(stream_.get(), &out, &in, directive);
      if (ZSTD_isError(left) != 0) throw Error(ErrorCode::internal, ZSTD_getErrorName(left));
      sink_(std::string_view(piece_).substr(0, out.pos));
      done = directive == ZSTD_e_end ? left == 0 : in.pos == in.size;
    }
  }

  Sink sink_;
  std::string piece_;
  std::unique_ptr<ZSTD_CCtx, Free> stream_;
};

}  // namespace

Packing packing_of(std::string_view file_name) {
  if (file_name.ends_with(".gz")) return Packing::gzip;
  return file_name.ends_with(".zst") ? Packing::zstd : Packing::none;
}

std::unique_ptr<Packer> make_packer(Packing packing, std::function<void(std::string_view)> sink) {
  switch (packing) {
    case Packing::gzip:
      return std::make_unique<Gzip>(std::move(sink));
    case Packing::zstd:
      return std::make_unique<Zstd>(std::move(sink));
    case Packing::none:
      break;
  }
  return std::make_unique<Plain>(std::move(sink));
}

}  // namespace ringscope
