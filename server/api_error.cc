#include "server/api_error.h"

#include "engine/json.h"

namespace ringscope::server {

Answer ApiError::answer() const {
  const Json json = {{"error", {{"code", code_}, {"message", message_}, {"context", context_}}}};
  Answer answer = json_answer(json.dump(-1, ' ', false, Json::error_handler_t::replace), status_);
  answer.with("Cache-Control", "no-store");
  if (retry_after_ > 0) answer.with("Retry-After", std::to_string(retry_after_));
  if (status_ == 405) answer.with("Allow", context_);
  if (status_ == 401) answer.with("WWW-Authenticate", "Bearer realm=\"ringscope\"");
  return answer;
}

ApiError api_error(const Error& error) {
  constexpr unsigned kSoon = 5;  // seconds
  const std::string code = to_string(error.code());
  switch (error.code()) {
    case ErrorCode::usage:
    case ErrorCode::input:
      return {400, code, error.message()};
    case ErrorCode::not_found:
      return {404, code, error.message()};
    case ErrorCode::locked:
      return {503, code, "another process is writing to the store; try again later", {}, kSoon};
    case ErrorCode::memory:
    case ErrorCode::no_space:
      return {503, code, error.message(), {}, kSoon};
    case ErrorCode::refused:
      return {409, code, error.message()};
    case ErrorCode::config:
    case ErrorCode::corrupt:
    case ErrorCode::version:
    case ErrorCode::io:
    case ErrorCode::internal:
      break;
  }
  return {500, code, error.message()};
}

}  // namespace ringscope::server
