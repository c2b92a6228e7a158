// The one exception type. Thrown at boundaries for what ends a command; bad input lines are data, not errors.
#pragma once

#include <stdexcept>
#include <string>

namespace ringscope {

enum class ErrorCode {
  usage,      // the caller asked for something that makes no sense
  config,     // a configuration file or value is wrong
  not_found,  // a named thing does not exist
  input,      // an input cannot be read at all (single bad lines are rejects, not errors)
  corrupt,    // stored bytes are damaged
  version,    // stored by a format this program does not know
  locked,     // another process holds the store
  io,         // the operating system refused a read or a write
  no_space,   // the disk is full
  memory,     // the memory limit would be passed
  refused,    // a guard said no
  internal,   // a defect of ours
};

// Name of a code as it is printed ("not_found").
const char* to_string(ErrorCode code);

// `what()` reads "MESSAGE (CONTEXT)": what was wrong and what to do, then where.
class Error : public std::runtime_error {
 public:
  Error(ErrorCode code, const std::string& message, const std::string& context = {})
      : std::runtime_error(context.empty() ? message : message + " (" + context + ")"),
        code_(code),
        message_(message),
        context_(context) {}

  ErrorCode code() const { return code_; }
  const std::string& message() const { return message_; }
  const std::string& context() const { return context_; }

 private:
  ErrorCode code_;
  std::string message_;
  std::string context_;
};

// Exit status of the program for an error: 2 for usage and config, 4 for locked, memory and refused, else 1.
int exit_status(ErrorCode code);

}  // namespace ringscope
