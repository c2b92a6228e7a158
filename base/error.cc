#include "base/error.h"

namespace ringscope {

const char* to_string(ErrorCode code) {
  switch (code) {
    case ErrorCode::usage:
      return "usage";
    case ErrorCode::config:
      return "config";
    case ErrorCode::not_found:
      return "not_found";
    case ErrorCode::input:
      return "input";
    case ErrorCode::corrupt:
      return "corrupt";
    case ErrorCode::version:
      return "version";
    case ErrorCode::locked:
      return "locked";
    case ErrorCode::io:
      return "io";
    case ErrorCode::no_space:
      return "no_space";
    case ErrorCode::memory:
      return "memory";
    case ErrorCode::refused:
      return "refused";
    case ErrorCode::internal:
      return "internal";
  }
  return "internal";
}

int exit_status(ErrorCode code) {
  switch (code) {
    case ErrorCode::usage:
    case ErrorCode::config:
      return 2;
    case ErrorCode::locked:
    case ErrorCode::memory:
    case ErrorCode::refused:
      return 4;
    default:
      return 1;
  }
}

}  // namespace ringscope
