#include "algorithms/decoys.h"

#include <algorithm>

#include <doctest/doctest.h>

#include "base/random.h"

using namespace ringscope;

TEST_CASE("decoys: what scores like decoys is chance, what scores above all of them is not") {
  std::vector<DecoyedFind> finds;
  for (int i = 0; i < 100; ++i) finds.push_back({10.0 + i * 0.01, false});
  for (int i = 0; i < 50; ++i) finds.push_back({1.0 + i * 0.01, i % 2 == 0});
  const std::vector<double> chance = chance_by_decoys(finds, 1);
  CHECK(chance[0] == doctest::Approx(0.01).epsilon(0.05));  // one decoy more, over a hundred finds
  CHECK(chance[101] == 1);                                  // as many decoys as finds
  CHECK(chance[100] == 1);                                  // a decoy
}

TEST_CASE("decoys: the chance never rises with the score, and the order of the finds does not show") {
  Random random(5);
  std::vector<DecoyedFind> finds;
  for (int i = 0; i < 400; ++i) {
    const double score = 10 * random.uniform();
    finds.push_back({score, random.chance(0.5 * (1 - score / 10)), 1});
  }
  const std::vector<double> chance = chance_by_decoys(finds, 1);
  for (std::size_t i = 0; i < finds.size(); ++i) {
    for (std::size_t j = 0; j < finds.size(); ++j) {
      if (!finds[i].decoy && !finds[j].decoy && finds[i].score > finds[j].score) CHECK(chance[i] <= chance[j]);
    }
  }
  std::vector<DecoyedFind> turned(finds.rbegin(), finds.rend());
  std::vector<double> again = chance_by_decoys(turned, 1);
  std::reverse(again.begin(), again.end());
  CHECK(again == chance);
}

TEST_CASE("decoys: a lone find is held against the decoy more") {
  const std::vector<DecoyedFind> one{{5, false}};
  CHECK(chance_by_decoys(one, 0.2)[0] == doctest::Approx(0.2));
  CHECK(chance_by_decoys(one, 1)[0] == 1);
  CHECK(chance_by_decoys({}, 1).empty());
}

TEST_CASE("decoys: among finds that are all chance, the mean chance of those kept is high") {
  double kept = 0, real = 0;
  for (std::uint64_t seed = 0; seed < 100; ++seed) {
    Random random(seed);
    std::vector<DecoyedFind> finds;
    for (int i = 0; i < 60; ++i) finds.push_back({random.uniform(), random.chance(0.5), 1});
    const std::vector<double> chance = chance_by_decoys(finds, 1);
    for (std::size_t i = 0; i < finds.size(); ++i) {
      if (finds[i].decoy || chance[i] > 0.05) continue;
      kept += 1;
    }
    real += 1;
  }
  CHECK(kept <= 0.05 * 30 * real);  // of 30 finds a draw that are not decoys
}
