#include <vector>

#include <zstd.h>

#include "base/error.h"
#include "engine/ingest/bytes.h"

namespace ringscope {
namespace {

class ZstdBytes : public Bytes {
 public:
  ZstdBytes(Bytes& raw, const std::string& label)
      : raw_(raw), label_(label), context_(ZSTD_createDCtx(), ZSTD_freeDCtx), buffer_(ZSTD_DStreamInSize()) {
    if (!context_) throw Error(ErrorCode::memory, "cannot start zstd", label_);
  }

  std::size_t read(std::span<char> into) override {
    while (has_input()) {
      ZSTD_outBuffer output{into.data(), into.size(), 0};
      const std::size_t left = ZSTD_decompressStream(context_.get(), &output, &input_);
      if (ZSTD_isError(left))
        throw Error(ErrorCode::input, std::string("damaged zstd data: ") + ZSTD_getErrorName(left), label_);
      inside_frame_ = left != 0;
      output_full_ = output.pos == output.size;
      if (output.pos > 0) return output.pos;
    }
    if (inside_frame_) throw Error(ErrorCode::input, "ends inside zstd data; nothing of it has been stored", label_);
    return 0;
  }

 private:
  bool has_input() {
    if (input_.pos < input_.size || (inside_frame_ && output_full_)) return true;
    const std::size_t got = raw_.read(buffer_);
    input_ = {buffer_.data(), got, 0};
    return got > 0;
  }

  Bytes& raw_;
  std::string label_;
  std::unique_ptr<ZSTD_DCtx, size_t (*)(ZSTD_DCtx*)> context_;
  std::vector<char> buffer_;
  ZSTD_inBuffer input_{};
  bool inside_frame_ = false;
  bool output_full_ = false;
};

}  // namespace

std::unique_ptr<Bytes> zstd_bytes(Bytes& raw, const std::string& label) {
  return std::make_unique<ZstdBytes>(raw, label);
}

}  // namespace ringscope
