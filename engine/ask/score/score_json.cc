// Answers as JSON. Written by hand: it is half of what an answer costs otherwise.
#include <iterator>

#include <fmt/format.h>

#include "engine/ask/score/score.h"
#include "engine/json.h"

namespace ringscope {
namespace {

bool is_plain(std::string_view text) {
  for (const char c : text) {
    if (c == '"' || c == '\\' || static_cast<unsigned char>(c) < 0x20 || static_cast<unsigned char>(c) >= 0x7f)
      return false;
  }
  return true;
}

void append_string(std::string& out, std::string_view text) {
  if (is_plain(text)) {
    out.append(1, '"').append(text).append(1, '"');
  } else {
    out += Json(std::string(text)).dump(-1, ' ', false, Json::error_handler_t::replace);
  }
}

void append_strings(std::string& out, const std::vector<std::string>& texts) {
  out += '[';
  for (std::size_t i = 0; i < texts.size(); ++i) {
    if (i > 0) out += ',';
    append_string(out, texts[i]);
  }
  out += ']';
}

}  // namespace

std::string answer_to_json(const ScoreAnswer& answer, std::uint64_t line) {
  std::string out = fmt::format(R"({{"schema":"ringscope.score/1","line":{},"account":)", line);
  append_string(out, answer.account);
  fmt::format_to(std::back_inserter(out), R"(,"known":{},"lines":{},"run":{},"ring":)", answer.known, answer.lines,
                 answer.run);
  if (answer.ring.empty()) {
    out += R"(null,"member":false,"probability":0,"tier":null)";
  } else {
    append_string(out, answer.ring);
    fmt::format_to(std::back_inserter(out), R"(,"member":{},"probability":{:.6g},"tier":"{}")", answer.member,
                   answer.probability, to_string(*answer.tier));
    if (answer.seeded) out += R"(,"seeded":true)";
  }
  fmt::format_to(std::back_inserter(out), R"(,"bits":{:.4g},"kinds":)", answer.bits);
  append_strings(out, answer.kinds);
  out += R"(,"reasons":)";
  append_strings(out, answer.reasons);
  out += '}';
  return out;
}

std::string fault_to_json(const Fault& fault, std::uint64_t line) {
  std::string out = fmt::format(R"({{"schema":"ringscope.score/1","line":{},"error":{{"field":)", line);
  append_string(out, fault.field);
  out += R"(,"reason":)";
  append_string(out, fault.reason);
  return out + "}}";
}

}  // namespace ringscope
