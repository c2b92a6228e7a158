#include "engine/ingest/skeleton.h"

#include <algorithm>
#include <vector>

#include <fmt/format.h>

#include "algorithms/minhash.h"
#include "storage/rows.h"

namespace ringscope {
namespace {

constexpr std::size_t kMostWords = 4096;

constexpr bool is_digit(char c) { return c >= '0' && c <= '9'; }
constexpr bool is_upper(char c) { return c >= 'A' && c <= 'Z'; }
constexpr bool is_lower(char c) { return c >= 'a' && c <= 'z'; }
constexpr bool is_space(char c) { return c == ' ' || (c >= '\t' && c <= '\r'); }
constexpr bool is_word(char c) { return is_digit(c) || is_upper(c) || is_lower(c) || c == '_' || (c & 0x80) != 0; }

class Skeleton {
 public:
  explicit Skeleton(std::string& out) : out_(out) { out_.clear(); }

  void word(std::string_view word) {
    if (std::ranges::any_of(word, is_digit)) return mask('#');
    if (is_upper(word.front())) return mask('^');
    out_ += word;
    last_mask_ = 0;
  }
  // The same mask again, with only a blank between, adds nothing: "New York" is one name.
  void mask(char kind) {
    if (last_mask_ == kind) {
      if (out_.back() == ' ') out_.pop_back();
      return;
    }
    out_ += kind;
    last_mask_ = kind;
  }
  void blank() {
    if (!out_.empty() && out_.back() != ' ') out_ += ' ';
  }
  void mark(char c) {
    out_ += c;
    last_mask_ = 0;
  }
  void finish() {
    if (!out_.empty() && out_.back() == ' ') out_.pop_back();
  }

 private:
  std::string& out_;
  char last_mask_ = 0;
};

}  // namespace

void skeleton_of(std::string_view text, std::string& skeleton) {
  Skeleton out(skeleton);
  for (std::size_t i = 0; i < text.size();) {
    const char c = text[i];
    if (is_word(c)) {
      std::size_t end = i + 1;
      while (end < text.size() && is_word(text[end])) ++end;
      out.word(text.substr(i, end - i));
      i = end;
      continue;
    }
    if (c == '"' || c == '`') {
      const std::size_t close = text.find(c, i + 1);
      if (close != std::string_view::npos) {
        out.mask('"');
        i = close + 1;
        continue;
      }
    }
    if (is_space(c))
      out.blank();
    else
      out.mark(c);
    ++i;
  }
  out.finish();
}

void sketch_of(std::string_view skeleton, std::string& sketch) {
  std::vector<std::uint64_t> elements;
  while (!skeleton.empty() && elements.size() < kMostWords) {
    const std::size_t end = std::min(skeleton.find(' '), skeleton.size());
    elements.push_back(hash_value(skeleton.substr(0, end)));
    skeleton.remove_prefix(std::min(end + 1, skeleton.size()));
  }
  const MinHashSketch hashes = minhash(elements);
  sketch.clear();
  fmt::format_to(std::back_inserter(sketch), "{:016x}{:016x}", hashes[0], hashes[1]);
}

}  // namespace ringscope
