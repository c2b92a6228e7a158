#include "engine/lab/world/output.h"

#include <cerrno>
#include <string>
#include <system_error>
#include <utility>

#include "base/error.h"

namespace ringscope::world {

Output::Output(std::filesystem::path file) : path_(std::move(file)), file_(std::fopen(path_.c_str(), "wb")) {
  if (!file_) fail("cannot create the file");
}

void Output::write(std::string_view text) {
  if (std::fwrite(text.data(), 1, text.size(), file_.get()) != text.size()) fail("cannot write");
  bytes_ += text.size();
}

std::uint64_t Output::close() {
  if (std::fclose(file_.release()) != 0) fail("cannot write");
  return bytes_;
}

void Output::fail(const char* what) const {
  const int error = errno;
  throw Error(error == ENOSPC ? ErrorCode::no_space : ErrorCode::io,
              std::string(what) + ": " + std::generic_category().message(error), path_.string());
}

}  // namespace ringscope::world
