#include "cli/private_memory.h"

#include <cerrno>
#include <system_error>

#include <sys/prctl.h>
#include <sys/resource.h>

namespace ringscope::cli {

void keep_memory_private() {
  const rlimit none{0, 0};
  // The limit alone does not hold where cores go into a pipe (core(5)).
  if (setrlimit(RLIMIT_CORE, &none) != 0 || prctl(PR_SET_DUMPABLE, 0, 0, 0, 0) != 0)
    throw std::system_error(errno, std::generic_category(), "switching core dumps off");
}

}  // namespace ringscope::cli
