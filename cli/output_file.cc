#include "cli/output_file.h"

#include "base/atomic_file.h"

namespace ringscope::cli {

void write_file(const std::filesystem::path& path, std::string_view text) {
  AtomicFile file(path);
  file.write(text);
  file.commit();
}

}  // namespace ringscope::cli
