// ask/latency: how long the analyst's questions take in one process, as the server asks them.
//
//   ask_latency DB [QUESTIONS]
//
// Draws rings, members, values and pairs from a seed and asks QUESTIONS of each kind, each with its JSON. An answer is
// checked before its time counts: the ring, account or value asked for is in it. scripts/ask-latency makes the store.
#include <algorithm>
#include <chrono>
#include <cstdlib>
#include <ctime>
#include <functional>
#include <numeric>
#include <string>
#include <vector>

#include <fmt/format.h>

#include "base/error.h"
#include "base/random.h"
#include "engine/ask/account.h"
#include "engine/ask/compare.h"
#include "engine/ask/dossier.h"
#include "engine/ask/picture.h"
#include "engine/ask/read_run.h"
#include "engine/ask/ring_list.h"
#include "engine/ask/search.h"
#include "engine/ask/why.h"

namespace {

using namespace ringscope;
using Clock = std::chrono::steady_clock;

void require(bool right, const std::string& what) {
  if (!right) throw Error(ErrorCode::internal, "a wrong answer: " + what);
}

double milliseconds(Clock::time_point from) {
  return std::chrono::duration<double, std::milli>(Clock::now() - from).count();
}

// Of this thread: a machine that others use, too, does not show in it.
double processor_milliseconds() {
  timespec now{};
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
  return static_cast<double>(now.tv_sec) * 1e3 + static_cast<double>(now.tv_nsec) / 1e6;
}

double at_share(const std::vector<double>& sorted, double share) {
  return sorted[std::min(sorted.size() - 1, static_cast<std::size_t>(share * static_cast<double>(sorted.size())))];
}

void measure(const char* name, int questions, const std::function<void(Random&)>& ask) {
  std::vector<double> elapsed, processor;
  for (int i = 0; i < questions; ++i) {
    Random random(7, static_cast<std::uint64_t>(i));
    const auto start = Clock::now();
    const double used = processor_milliseconds();
    ask(random);
    processor.push_back(processor_milliseconds() - used);
    elapsed.push_back(milliseconds(start));
  }
  std::ranges::sort(elapsed);
  std::ranges::sort(processor);
  fmt::print("{:<28} {:>9.2f} {:>9.2f} {:>9.2f}   {:>9.2f} {:>9.2f}\n", name, at_share(elapsed, 0.5),
             at_share(elapsed, 0.99), elapsed.back(), at_share(processor, 0.5), at_share(processor, 0.99));
  std::fflush(stdout);
}

class Questions {
 public:
  Questions(const Store& store, int count) : store_(store), count_(count), run_(latest_run_number(store)) {
    lines_ = read_ring_lines(store, run_);
    require(!lines_.lines.empty(), "the store has no rings");
    by_size_.resize(lines_.lines.size());
    std::iota(by_size_.begin(), by_size_.end(), std::size_t{0});
    std::ranges::stable_sort(by_size_, std::greater<>(), [&](std::size_t at) { return lines_.lines[at].size; });
  }

  void ask() {
    fmt::print("run {}: {} rings, the largest of {} accounts\n", run_, lines_.lines.size(), largest().size);
    fmt::print("{:<28} {:>9} {:>9} {:>9}   {:>9} {:>9}\n", "milliseconds", "p50", "p99", "most", "processor", "p99");
    ask_lists();
    ask_rings();
    ask_accounts();
    ask_searches();
  }

 private:
  const RingLine& any(Random& random) const { return lines_.lines[random.below(lines_.lines.size())]; }
  // One of the rings that an analyst looks at: the first of the list.
  const RingLine& serious(Random& random) const {
    return lines_.lines[random.below(std::min<std::size_t>(lines_.lines.size(), 300))];
  }
  // One of those whose members scripts/serve-load asks for.
  const RingLine& large(Random& random) const {
    return lines_.lines[by_size_[random.below(std::min<std::size_t>(by_size_.size(), 60))]];
  }
  const RingLine& largest() const { return lines_.lines[by_size_.front()]; }
  std::string member(Random& random, const RingLine& line) const {
    const RingHead head = find_ring_head(store_, run_, line.ring);
    const auto at = static_cast<std::uint32_t>(random.below(head.ring.members.size()));
    return read_members(store_, head, std::span(&at, 1)).front().name;
  }

  void ask_lists() {
    measure("all rings' lines", 20, [&](Random&) { require(!read_ring_lines(store_, run_).lines.empty(), "lines"); });
    measure("rings: page and facets", count_, [&](Random& random) {
      RingQuery query{.order = static_cast<RingOrder>(random.below(8)), .limit = 100};
      if (random.chance(0.5)) query.filter.kinds = {"payment"};
      if (random.chance(0.5)) query.filter.text = "accounts";
      const RingFacets facets = ring_facets(lines_, query.filter);
      const RingPage page = list_rings(lines_, query);
      require(page.items.size() == std::min<std::uint64_t>(100, page.total), "page");
      require(!page_to_json(page, &facets).empty(), "page");
    });
  }

  void ask_rings() {
    measure("ring: any", count_, [&](Random& random) { ask_ring(any(random)); });
    measure("ring: of the first 300", count_, [&](Random& random) { ask_ring(serious(random)); });
    measure("ring: the largest", 20, [&](Random&) { ask_ring(largest()); });
    measure("members: a page, first 300", count_, [&](Random& random) {
      const RingLine& line = serious(random);
      const MembersQuery query{.order = static_cast<MemberOrder>(random.below(4))};
      require(!list_members(store_, find_ring_head(store_, run_, line.ring), query).items.empty(), line.ring);
    });
    measure("members: a page, largest", 50, [&](Random& random) {
      const RingLine& line = largest();
      const MembersQuery query{.order = static_cast<MemberOrder>(random.below(4))};
      const MembersPage page = list_members(store_, find_ring_head(store_, run_, line.ring), query);
      require(page.total == line.size, line.ring);
    });
    measure("picture: first 300", count_ / 4, [&](Random& random) { draw(serious(random)); });
    measure("picture: the largest", 5, [&](Random&) { draw(largest()); });
    measure("compare: first 300", count_ / 2, [&](Random& random) {
      const RingLine &a = serious(random), &b = serious(random);
      if (a.ring == b.ring) return;
      const Comparison one = compare_rings(store_, run_, a.ring, b.ring);
      require(one.a.ring == a.ring && !comparison_to_json(one).empty(), a.ring);
    });
  }

  void ask_ring(const RingLine& line) {
    const Dossier dossier = read_dossier(store_, run_, line.ring);
    require(dossier.head.ring.members.size() == line.size && !dossier_to_json(dossier).empty(), line.ring);
  }

  void draw(const RingLine& line) {
    const Ring ring = find_ring_head(store_, run_, line.ring).ring;
    const Picture picture = draw_ring(store_, ring, map_ring(store_, find_run(store_, run_), ring));
    require(!picture.nodes.empty() && !picture_to_json(picture).empty(), line.ring);
  }

  void ask_accounts() {
    measure("account: a member", count_, [&](Random& random) { ask_account(member(random, serious(random))); });
    measure("why: two of a ring", count_, [&](Random& random) {
      const RingLine& line = serious(random);
      const std::string a = member(random, line), b = member(random, line);
      if (a != b) require(!why_to_json(why(store_, a, b)).empty(), a);
    });
    measure("account: of 60 largest rings", count_,
            [&](Random& random) { ask_account(member(random, large(random))); });
    measure("account: of the largest", count_ / 4, [&](Random& random) { ask_account(member(random, largest())); });
    measure("why: two of the 60 largest", count_, [&](Random& random) {
      const std::string a = member(random, large(random)), b = member(random, large(random));
      if (a != b) require(!why_to_json(why(store_, a, b)).empty(), a);
    });
    measure("why: two of the largest", count_ / 4, [&](Random& random) {
      const std::string a = member(random, largest()), b = member(random, largest());
      if (a != b) require(!why_to_json(why(store_, a, b)).empty(), a);
    });
    measure("why: two of two rings", count_ / 2, [&](Random& random) {
      const std::string a = member(random, serious(random)), b = member(random, any(random));
      if (a != b) require(!why_to_json(why(store_, a, b)).empty(), a);
    });
  }

  void ask_account(const std::string& name) {
    const AccountPage page = account_page(store_, name);
    require(page.ring.has_value() && !account_to_json(page).empty(), name);
  }

  void ask_searches() {
    const auto start = Clock::now();
    const Finder finder(store_);
    finder.find("0.0.0.0/0", {.limit = 1});
    fmt::print("{:<28} {:>9.2f}  once\n", "what searches share", milliseconds(start));
    measure("search: an account", count_, [&](Random& random) {
      const std::string name = member(random, any(random));
      require(finder.find(name).hits.at(0).value == name, name);
    });
    measure("search: the beginning", count_, [&](Random& random) {
      const std::string name = member(random, any(random));
      require(!finder.find(name.substr(0, 1 + random.below(4))).hits.empty(), name);
    });
    measure("search: a network", count_, [&](Random& random) {
      const std::string network =
          fmt::format("{}.{}.0.0/{}", random.below(224), random.below(256), 8 + random.below(17));
      require(!search_to_json(finder.find(network)).empty(), network);
    });
  }

  const Store& store_;
  int count_;
  std::uint64_t run_;
  RingLines lines_;
  std::vector<std::size_t> by_size_;  // places of the lines, the largest ring first
};

}  // namespace

int main(int argc, char** argv) {
  if (argc < 2) {
    fmt::print(stderr, "usage: ask_latency DB [QUESTIONS]\n");
    return 2;
  }
  try {
    const auto start = Clock::now();
    const auto store = Store::open(argv[1], {.mode = OpenMode::read_only, .memory_bytes = std::size_t{512} << 20});
    fmt::print("store opened in {:.1f} ms\n", milliseconds(start));
    Questions(*store, argc > 2 ? std::atoi(argv[2]) : 400).ask();
  } catch (const std::exception& error) {
    fmt::print(stderr, "ask_latency: {}\n", error.what());
    return 1;
  }
  return 0;
}
