// Lines in, answers out, in order: what 'ringscope score' does with a file or a stream.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "engine/ask/score/score.h"
#include "engine/ingest/bytes.h"

namespace ringscope {

struct ScoreStreamOptions {
  bool follow = false;  // answer each line as soon as it is there
  std::size_t max_line_bytes = std::size_t{64} << 20;
};

struct ScoreReport {
  std::uint64_t answered = 0;
  std::uint64_t rejected = 0;
  std::uint64_t ban = 0, review = 0, watch = 0;                       // answers
  std::vector<std::pair<std::string, std::uint64_t>> unknown_fields;  // ignored field -> lines that had it
};

// What the stream is handed on to.
struct ScoreOutput {
  std::function<void(std::string_view line)> answer;  // one JSON document, without its newline
  std::function<void()> flush = [] {};                // what was answered is wanted now
  std::function<void()> before_line = [] {};          // a chance to hand the scorer another index
};

// Reads JSON Lines or CSV, plain or compressed; "-" is standard input. Blank lines have no answer. Throws Error input
// as ingest() does when it is no log; bad lines are answered with what is wrong.
ScoreReport score_stream(const std::string& label, Scorer& scorer, const ScoreStreamOptions& options,
                         const ScoreOutput& output);

// The same of bytes that come from anywhere; `label` is for messages.
ScoreReport score_stream(Bytes& bytes, const std::string& label, Scorer& scorer, const ScoreStreamOptions& options,
                         const ScoreOutput& output);

}  // namespace ringscope
