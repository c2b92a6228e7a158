// Near-equal prompts: how often two fillings of one template meet, how often two templates do, and what it costs.
// Prompts are English-like: words of a vocabulary by Zipf's law, in templates of a length with so many slots, each
// filled with one to three words in lower case, which no mask takes out.
#include <algorithm>
#include <chrono>
#include <cmath>
#include <cstdio>
#include <map>
#include <string>
#include <vector>

#include <fmt/format.h>

#include "algorithms/minhash.h"
#include "base/random.h"
#include "engine/ingest/skeleton.h"

using namespace ringscope;

namespace {

constexpr std::size_t kVocabulary = 5000;
constexpr std::size_t kFillings = 20;

std::string word(std::uint64_t number) {
  std::string text;
  for (std::uint64_t n = number + 30; n > 0; n /= 23) text += static_cast<char>('a' + n % 23);
  return text;
}

class Writer {
 public:
  explicit Writer(std::uint64_t seed) : random_(seed) {
    double sum = 0;
    for (std::size_t i = 0; i < kVocabulary; ++i)
      cumulative_.push_back(sum += 1 / std::pow(static_cast<double>(i + 1), 1.0));
  }
  std::string any_word() {
    const double at = random_.uniform() * cumulative_.back();
    return word(
        static_cast<std::uint64_t>(std::lower_bound(cumulative_.begin(), cumulative_.end(), at) - cumulative_.begin()));
  }
  // Fillings of one template of `length` words, of which `slots` are left open.
  std::vector<std::string> fillings(std::size_t length, std::size_t slots) {
    std::vector<std::string> fixed;
    for (std::size_t i = 0; i < length; ++i) fixed.push_back(any_word());
    for (std::size_t s = 0; s < slots; ++s) fixed[random_.below(length)].clear();
    std::vector<std::string> texts;
    for (std::size_t f = 0; f < kFillings; ++f) {
      std::string text;
      for (const std::string& one : fixed) {
        text += one;
        for (std::uint64_t n = one.empty() ? 1 + random_.below(3) : 0; n > 0; --n) text += any_word() + " ";
        text += ' ';
      }
      texts.push_back(text);
    }
    return texts;
  }

 private:
  Random random_;
  std::vector<double> cumulative_;
};

double seconds_since(std::chrono::steady_clock::time_point start) {
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
}

MinHashSketch sketch_of_text(const std::string& text) {
  std::string skeleton, digits;
  skeleton_of(text, skeleton);
  sketch_of(skeleton, digits);
  return {std::stoull(digits.substr(0, 16), nullptr, 16), std::stoull(digits.substr(16), nullptr, 16)};
}

}  // namespace

int main() {
  fmt::print("{:>6} {:>6} {:>9} {:>9} {:>12} {:>12} {:>10}\n", "words", "slots", "templates", "meet", "others meet",
             "us a text", "s grouping");
  for (const auto& [length, slots] : std::vector<std::pair<std::size_t, std::size_t>>{
           {8, 1}, {15, 1}, {15, 3}, {40, 2}, {40, 6}, {120, 5}, {120, 20}, {400, 40}}) {
    constexpr std::size_t kTemplates = 2000;
    Writer writer(length * 1000 + slots);
    std::vector<std::string> texts;
    for (std::size_t t = 0; t < kTemplates; ++t) {
      for (std::string& text : writer.fillings(length, slots)) texts.push_back(std::move(text));
    }
    auto start = std::chrono::steady_clock::now();
    std::vector<MinHashSketch> sketches;
    for (const std::string& text : texts) sketches.push_back(sketch_of_text(text));
    const double sketching = seconds_since(start);
    start = std::chrono::steady_clock::now();
    const std::vector<std::uint32_t> leader = near_equal(sketches, 0.5);
    const double grouping = seconds_since(start);
    double met = 0, pairs = 0, strangers = 0;
    std::map<std::uint32_t, std::map<std::size_t, double>> groups;  // leader -> template -> texts
    for (std::size_t i = 0; i < texts.size(); ++i) groups[leader[i]][i / kFillings] += 1;
    for (const auto& [first, members] : groups) {
      double size = 0, same = 0;
      for (const auto& [of, count] : members) {
        size += count;
        same += count * (count - 1) / 2;
      }
      met += same;
      strangers += size * (size - 1) / 2 - same;
    }
    pairs = static_cast<double>(kTemplates * kFillings * (kFillings - 1)) / 2;
    const auto all = static_cast<double>(texts.size());
    fmt::print("{:6} {:6} {:9} {:9.3f} {:12.1e} {:12.1f} {:10.2f}\n", length, slots, kTemplates, met / pairs,
               strangers / (all * (all - 1) / 2 - pairs), 1e6 * sketching / all, grouping);
  }
  return 0;
}
