// Answers to equal questions about one state of the store.
#pragma once

#include <cstddef>
#include <cstdint>
#include <list>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>

#include "server/http.h"

namespace ringscope::server {

class AnswerCache {
 public:
  explicit AnswerCache(std::size_t most_bytes) : most_bytes_(most_bytes) {}

  // Those of other views than the one asked for last are forgotten.
  std::optional<Answer> find(std::uint64_t view, const std::string& question);
  // Only answers with a body of less than an eighth of all that may be kept.
  void keep(std::uint64_t view, const std::string& question, const Answer& answer);

 private:
  struct Kept {
    std::string question;
    Answer answer;
  };
  void move_to(std::uint64_t view);

  std::size_t most_bytes_;
  std::mutex mutex_;
  std::uint64_t view_ = 0;
  std::size_t bytes_ = 0;
  std::list<Kept> kept_;  // the last asked first
  std::unordered_map<std::string_view, std::list<Kept>::iterator> places_;
};

}  // namespace ringscope::server
