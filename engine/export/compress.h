// Bytes on their way into a file, compressed as its name says.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <string_view>

namespace ringscope {

enum class Packing { none, gzip, zstd };

// By the end of a file's name: ".gz", ".zst", else none.
Packing packing_of(std::string_view file_name);

// Hands what write() is given, packed, to `sink`; finish() ends the stream, and is called once. The same bytes give the
// same packed bytes (no time in the header). Memory does not grow with the input. Throws Error internal.
class Packer {
 public:
  virtual ~Packer() = default;
  virtual void write(std::string_view bytes) = 0;
  virtual void finish() = 0;
};
std::unique_ptr<Packer> make_packer(Packing packing, std::function<void(std::string_view)> sink);

}  // namespace ringscope
