// Live: judging lines as they are sent, and telling what happens.
#include <algorithm>
#include <cstring>

#include <fmt/format.h>

#include "engine/ask/score/score_stream.h"
#include "server/routes.h"
#include "server/services.h"

namespace ringscope::server {
namespace {

// The body of a request as a source of lines.
class TextBytes final : public Bytes {
 public:
  explicit TextBytes(std::string_view text) : rest_(text) {}
  std::size_t read(std::span<char> into) override {
    const std::size_t size = std::min(into.size(), rest_.size());
    std::memcpy(into.data(), rest_.data(), size);
    rest_.remove_prefix(size);
    return size;
  }

 private:
  std::string_view rest_;
};

constexpr std::size_t kMostBody = std::size_t{4} << 20;
constexpr std::size_t kCachedValues = 100'000;
constexpr std::size_t kAccountBytes = std::size_t{32} << 20;

// Each request is a stream of its own: what its lines say of an account is kept to its end and no longer.
Answer score(const Call& call) {
  Scorer scorer(std::make_shared<RingIndex>(call.services.open_store(), kCachedValues), *call.services.lists,
                {.memory_bytes = kAccountBytes});
  std::string answers;
  ScoreOutput output;
  output.answer = [&](std::string_view line) { answers.append(line) += '\n'; };
  output.before_line = [&] { call.budget.check(); };
  TextBytes bytes(call.body);
  (void)score_stream(bytes, "the request's body", scorer, {.max_line_bytes = kMostBody}, output);
  Answer answer = answer_of(200, "application/jsonl", std::move(answers));
  answer.subjects = {fmt::format("score {:016x}", hash_value(call.body))};
  return answer;
}

Answer stream(const Call&) {
  Answer answer;
  answer.content_type = "text/event-stream";
  answer.events = true;
  return answer;
}

constexpr Route kRoutes[] = {
    {.name = "score.lines",
     .method = Method::post,
     .path = "/api/v1/score",
     .summary = "Judge accounts, sign-ups or requests against the rings of the latest run; one answer a line",
     .needs = Permission::score,
     .raw = true,  // reasons name the things that an account shares
     .cost = Cost::heavy,
     .reply = {.form = Form::lines, .media = "application/jsonl"},
     .answer = score,
     .body = {.media = "application/jsonl", .most_bytes = kMostBody},
     .tagged = false},
    {.name = "live.stream",
     .path = "/api/v1/stream",
     .summary = "Server-sent events: run (a run was published), verdict, ingest (a process writes, or has stopped)",
     .cost = Cost::watches,
     .reply = {.form = Form::events},
     .answer = stream,
     .tagged = false},
};

}  // namespace

std::span<const Route> live_routes() { return kRoutes; }

}  // namespace ringscope::server
