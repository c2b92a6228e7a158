// What a request is refused with, and how it is told.
#pragma once

#include <exception>
#include <string>
#include <utility>

#include "base/error.h"
#include "server/http.h"

namespace ringscope::server {

class ApiError : public std::exception {
 public:
  // `code` is a word that programs read ("not_found"), `context` what it is about; retry_after in seconds, 0: not said.
  ApiError(unsigned status, std::string code, std::string message, std::string context = {}, unsigned retry_after = 0)
      : status_(status),
        code_(std::move(code)),
        message_(std::move(message)),
        context_(std::move(context)),
        retry_after_(retry_after) {}
  const char* what() const noexcept override { return message_.c_str(); }

  unsigned status() const { return status_; }
  const std::string& code() const { return code_; }
  // {"error":{"code":…,"message":…,"context":…}}, docs/schema/error.schema.json.
  Answer answer() const;

 private:
  unsigned status_;
  std::string code_, message_, context_;
  unsigned retry_after_;
};

// The status that an error of the engine means: what was asked (400), what is not there (404), what is busy (503), what
// is broken (500). Paths of this machine stay out of it.
ApiError api_error(const Error& error);

}  // namespace ringscope::server
