// The program's memory holds keys and what people did: it is nobody else's.
#pragma once

namespace ringscope::cli {

// From now on a crash writes no core (nor gives one to a collector), and other processes of the same user cannot read
// the memory or trace the process. Not inherited by programs that it starts, but for the limit on cores.
// Throws std::system_error.
void keep_memory_private();

}  // namespace ringscope::cli
