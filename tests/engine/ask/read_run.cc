// All rings of a run, read ahead and printed on several threads in memory that is used again.
#include "engine/ask/read_run.h"

#include <algorithm>
#include <memory>
#include <stdexcept>
#include <string>
#include <vector>

#include <doctest/doctest.h>
#include <fmt/format.h>

#include "engine/detect/publish.h"
#include "engine/detect/ring/ring_json.h"
#include "tests/engine/sample.h"

using namespace ringscope;

namespace {

// 66 rings of 1 to 400 members, every other with less to say of each, and two of so many that their memory is let go.
std::vector<Ring> many_rings() {
  std::vector<Ring> rings;
  std::size_t made = 0;
  for (std::size_t r = 0; r < 68; ++r) {
    Ring& ring = rings.emplace_back();
    ring.id = fmt::format("R-{:08x}", 7919 * (r + 1));
    ring.tier = r % 3 == 0 ? Tier::ban : Tier::review;
    ring.score = static_cast<double>(r * 37 % 68) / 68;
    ring.summary = fmt::format("Ring {}.", r);
    const std::size_t size = r % 34 == 7 ? 4'500 : 1 + r * 53 % 400;
    for (std::size_t m = 0; m < size; ++m) {
      Member& member = ring.members.emplace_back();
      member.name = fmt::format("account-{}", made++);
      member.account = hash_value(member.name);
      member.membership = 1 - static_cast<double>(m) / 8'192;
      member.tier = Tier::review;
      if (r % 2 == 0) member.reasons = {"shares a card", fmt::format("like {} others", m)};
      if (r % 2 == 0) member.extraction = 0.25;
    }
  }
  std::ranges::sort(rings, ranks_before);  // as they are published
  return rings;
}

class ManyRings {
 public:
  ManyRings() : store_(Store::open(scratch_.path("db"), {.mode = OpenMode::create})) {
    std::vector<Ring> rings = many_rings();
    RunSummary run = sample_run();
    publish(*store_, rings, run, {});
    for (const Ring& ring : read_rings(*store_, 1, RingParts::members)) lines_.push_back(ring_to_json(ring) + "\n");
  }
  const Store& store() const { return *store_; }
  const std::vector<std::string>& lines() const { return lines_; }  // of the rings, one read after the other

 private:
  Scratch scratch_{"read-run"};
  std::unique_ptr<Store> store_;
  std::vector<std::string> lines_;
};

void print(const Ring& ring, std::string& text) { text += ring_to_json(ring) + "\n"; }

}  // namespace

TEST_CASE("read_run: rings that are read ahead are those of the run, in its order, and hold nothing of others") {
  const ManyRings run;
  REQUIRE(run.lines().size() == 68);
  std::vector<std::string> visited;
  visit_rings(run.store(), 1, [&](const Ring& ring) { visited.push_back(ring_to_json(ring) + "\n"); });
  const bool same = visited == run.lines();  // too long to be shown
  CHECK(same);
}

TEST_CASE("read_run: what is printed on several threads is taken in the order of the run, all of it") {
  const ManyRings run;
  std::string printed, wanted;
  std::size_t pieces = 0;
  print_rings(run.store(), 1, print, [&](std::string_view text) {
    printed += text;
    ++pieces;
  });
  for (const std::string& line : run.lines()) wanted += line;
  const bool same = printed == wanted;  // too long to be shown
  CHECK(same);
  CHECK(pieces > 16);  // more than wait at once, so their memory was used again
}

TEST_CASE("read_run: an error in printing ends it, and what came before was taken") {
  const ManyRings run;
  const std::string& last = run.lines().back();
  std::string printed;
  const auto fail_at_last = [&](const Ring& ring, std::string& text) {
    const std::size_t begin = text.size();
    print(ring, text);
    if (std::string_view(text).substr(begin) == last) throw std::runtime_error("no more");
  };
  CHECK_THROWS_WITH(print_rings(run.store(), 1, fail_at_last, [&](std::string_view text) { printed += text; }),
                    "no more");
  const bool has_first = printed.starts_with(run.lines().front()), has_last = printed.find(last) != std::string::npos;
  CHECK(has_first);
  CHECK(!has_last);
}
