#include "engine/detect/ring/ring.h"

#include <array>
#include <tuple>

namespace ringscope {
namespace {

struct Word {
  VerdictWord word;
  const char* text;
};
constexpr std::array<Word, 5> kWords{{{VerdictWord::confirm, "confirm"},
                                      {VerdictWord::reject, "reject"},
                                      {VerdictWord::benign, "benign"},
                                      {VerdictWord::needs_more, "needs-more"},
                                      {VerdictWord::note, "note"}}};

}  // namespace

const char* to_string(VerdictWord word) { return kWords[static_cast<std::size_t>(word)].text; }

std::vector<std::string> verdict_words() {
  std::vector<std::string> words;
  for (const Word& one : kWords) words.emplace_back(one.text);
  return words;
}

std::optional<VerdictWord> parse_verdict_word(std::string_view text) {
  for (const Word& one : kWords) {
    if (text == one.text) return one.word;
  }
  return std::nullopt;
}

const char* to_string(Tier tier) {
  switch (tier) {
    case Tier::ban:
      return "ban";
    case Tier::review:
      return "review";
    case Tier::watch:
      break;
  }
  return "watch";
}

std::optional<Tier> parse_tier(std::string_view text) {
  for (const Tier tier : {Tier::watch, Tier::review, Tier::ban}) {
    if (text == to_string(tier)) return tier;
  }
  return std::nullopt;
}

bool ranks_before(const Ring& a, const Ring& b) {
  return std::tuple(-static_cast<int>(a.tier), -a.score, b.members.size(), std::string_view(a.id)) <
         std::tuple(-static_cast<int>(b.tier), -b.score, a.members.size(), std::string_view(b.id));
}

}  // namespace ringscope
