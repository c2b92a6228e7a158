#include "server/answer_cache.h"

namespace ringscope::server {
namespace {

constexpr std::size_t kOverhead = 512;

std::size_t bytes_of(const std::string& question, const Answer& answer) {
  return kOverhead + question.size() + (answer.body ? answer.body->size() : 0);
}

}  // namespace

void AnswerCache::move_to(std::uint64_t view) {
  if (view <= view_) return;
  view_ = view;
  bytes_ = 0;
  places_.clear();
  kept_.clear();
}

std::optional<Answer> AnswerCache::find(std::uint64_t view, const std::string& question) {
  const std::scoped_lock lock(mutex_);
  move_to(view);
  if (view != view_) return std::nullopt;
  const auto found = places_.find(question);
  if (found == places_.end()) return std::nullopt;
  kept_.splice(kept_.begin(), kept_, found->second);
  return found->second->answer;
}

void AnswerCache::keep(std::uint64_t view, const std::string& question, const Answer& answer) {
  const std::size_t bytes = bytes_of(question, answer);
  if (answer.pieces || answer.events || bytes > most_bytes_ / 8) return;
  const std::scoped_lock lock(mutex_);
  move_to(view);
  if (view != view_ || places_.contains(question)) return;
  kept_.push_front({question, answer});
  places_.emplace(kept_.front().question, kept_.begin());
  for (bytes_ += bytes; bytes_ > most_bytes_; kept_.pop_back()) {
    places_.erase(kept_.back().question);
    bytes_ -= bytes_of(kept_.back().question, kept_.back().answer);
  }
}

}  // namespace ringscope::server
