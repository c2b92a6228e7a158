#include "engine/lab/evaluate.h"

#include <array>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>

#include <doctest/doctest.h>
#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "base/error.h"
#include "base/random.h"
#include "tests/engine/lab/scratch.h"

using namespace ringscope;

namespace {

constexpr const char* kTruth =
    "account,ring,group\n"
    "a1,north,\na2,north,\na3,north,\na4,north,\n"
    "b1,south,\nb2,south,\n"
    "h1,,office1\nh2,,office1\nh3,,office1\nh4,,family2\nh5,,\n";
constexpr const char* kRings =
    "account,ring,score,tier,reasons\n"
    "a1,R1,0.9,ban,\"one, two\"\na2,R1,0.9,ban,x\na3,R2,0.4,review,x\n"
    "h1,R2,0.4,review,x\nh2,R2,0.4,review,x\nh3,R2,0.3,review,x\nh4,R1,0.9,ban,x\nstranger,R1,0.9,ban,x\n";

Evaluation evaluate_text(const std::string& truth, const std::string& rings, const EvaluateOptions& options = {}) {
  const Scratch scratch("evaluate");
  return evaluate(scratch.write("truth.csv", truth), scratch.write("rings.csv", rings), options);
}

std::string run(const std::string& command) {
  std::string output;
  std::array<char, 4096> buffer{};
  FILE* pipe = popen(command.c_str(), "r");  // NOLINT(cert-env33-c)
  REQUIRE(pipe != nullptr);
  while (const std::size_t got = fread(buffer.data(), 1, buffer.size(), pipe)) output.append(buffer.data(), got);
  REQUIRE_MESSAGE(pclose(pipe) == 0, command);
  return output;
}

std::string random_truth(std::uint64_t seed, std::uint64_t rings) {
  Random random(seed, 0);
  std::string text = "account,ring,group\r\n";
  for (int a = 0; a < 400; ++a) {
    const std::uint64_t ring = random.below(rings * 2);
    const std::string name = ring % 3 == 0 ? fmt::format("small-{}", ring) : fmt::format("{}-{}", "AB"[ring % 2], ring);
    const bool honest = ring >= rings;
    text += fmt::format("u{},{},{}\r\n", a, honest ? "" : name, honest && ring % 2 ? fmt::format("nat{}", ring) : "");
  }
  return text;
}

std::string random_rings(std::uint64_t seed) {
  Random random(seed, 1);
  std::string text = "account,ring,score,tier\n";
  const std::array<const char*, 3> tiers = {"ban", "review", "watch"};
  for (int row = 0; row < 250; ++row) {
    text += fmt::format("u{},{},{:.3f},{}\n", random.below(450),
                        random.chance(0.1) ? "" : fmt::format("R{}", random.below(9)), random.uniform(),
                        tiers[random.below(3)]);
  }
  return text;
}

}  // namespace

TEST_CASE("evaluate: a small example worked by hand") {
  const Evaluation e = evaluate_text(kTruth, kRings);
  CHECK(e.flagged == 8);
  CHECK(e.precision == doctest::Approx(3.0 / 8));
  CHECK(e.recall == doctest::Approx(3.0 / 6));
  CHECK(e.f1 == doctest::Approx(2 * 0.375 * 0.5 / 0.875));
  CHECK(e.rings == 2);
  CHECK(e.rings_found == 0);
  CHECK(e.ring_jaccard == doctest::Approx((2.0 / 6) / 2));  // north: {a1,a2} of {a1..a4} and R1 of four; south: nothing
  CHECK(e.b3_precision == doctest::Approx((4.0 / 4 + 1.0 / 4 + 3) / 6));
  CHECK(e.b3_recall == doctest::Approx((4.0 / 4 + 1.0 / 4 + 1.0 / 4 + 2.0 / 2) / 6));
  CHECK(e.honest_accounts_hit == 5);
  CHECK(e.honest_groups_hit == std::map<std::string, std::uint64_t>{{"office", 1}});
  CHECK(e.recall_by_ring == std::map<std::string, double>{{"north", 0.75}, {"south", 0}});
  CHECK(e.pieces == std::map<std::string, std::uint64_t>{{"north", 2}, {"south", 0}});
}

TEST_CASE("evaluate: the JSON has the keys in their order, and rounded numbers") {
  CHECK(
      evaluation_to_json(evaluate_text(kTruth, kRings)) ==
      R"({"flagged": 8, "precision": 0.375, "recall": 0.5, "f1": 0.42857, "ringJ": 0.1667, "rings_found": 0, "rings": 2, )"
      R"("b3": {"p": 0.7083, "r": 0.4167, "f1": 0.5247}, "honest_accounts_hit": 5, "honest_groups_hit": {"office": 1}, )"
      R"("recall_by_ring": {"north": 0.75, "south": 0.0}, "pieces": {"north": 2, "south": 0}})");
}

TEST_CASE("evaluate: tiers, score, size, prefix and grey each leave out what they say") {
  CHECK(evaluate_text(kTruth, kRings, {.tiers = {"ban"}}).flagged == 4);
  CHECK(evaluate_text(kTruth, kRings, {.min_score = 0.4}).flagged == 7);
  CHECK(evaluate_text(kTruth, kRings, {.min_score = 0.35, .min_size = 4}).flagged == 4);
  const Evaluation south = evaluate_text(kTruth, kRings, {.prefix = "so"});
  CHECK(south.rings == 1);
  CHECK(south.flagged == 5);  // the members of north are neither right nor wrong
  const Scratch scratch("evaluate");
  const std::string grey = scratch.write("grey.csv", "account\na1\nh1\n");
  const Evaluation e = evaluate_text(kTruth, kRings, {.grey = grey});
  CHECK(e.flagged == 6);
  CHECK(e.recall == doctest::Approx(2.0 / 5));
}

TEST_CASE("evaluate: nothing flagged is perfect precision, nothing planted is perfect recall") {
  const Evaluation nothing = evaluate_text(kTruth, "account,ring\n");
  CHECK(nothing.precision == 1);
  CHECK(nothing.recall == 0);
  const Evaluation honest = evaluate_text("account,ring\nh1,\n", "account,ring\nh1,R1\n");
  CHECK(honest.recall == 1);
  CHECK(honest.precision == 0);
  CHECK(evaluation_to_json(honest).ends_with(R"("recall_by_ring": {}, "pieces": {}})"));
}

TEST_CASE("evaluate: reads quotes, CRLF, a byte order mark and gzip") {
  const Scratch scratch("evaluate");
  const std::string truth = scratch.write("t.csv",
                                          "\xEF\xBB\xBF"
                                          "ring,account\r\n\"a\"\"b\",\"x,1\"\r\n\r\nn,\"y\n2\"\r\n");
  const std::string rings = scratch.write("r.csv", "account,ring\n\"x,1\",R\n\"y\n2\",R\n");
  REQUIRE(std::system(("gzip -f " + rings).c_str()) == 0);  // NOLINT
  const Evaluation e = evaluate(truth, rings + ".gz", {});
  CHECK(e.flagged == 2);
  CHECK(e.precision == 1);
  CHECK(e.recall_by_ring.contains("a\"b"));
}

TEST_CASE("evaluate: says what is wrong with a file") {
  const Scratch scratch("evaluate");
  const std::string good = scratch.write("good.csv", kTruth);
  CHECK_THROWS_WITH_AS(evaluate(good, scratch.path("no.csv"), {}), doctest::Contains("no.csv"), Error);
  CHECK_THROWS_WITH_AS(evaluate(scratch.write("bad.csv", "name,ring\n"), good, {}), doctest::Contains("'account'"),
                       Error);
  CHECK_THROWS_WITH_AS(evaluate(scratch.write("empty.csv", ""), good, {}), doctest::Contains("empty"), Error);
  const std::string rings = scratch.write("rings.csv", "account,ring,score\na1,R,high\n");
  CHECK_THROWS_WITH_AS(evaluate(good, rings, {.min_score = 0.5}), doctest::Contains("'high'"), Error);
}

TEST_CASE("evaluate: the same numbers as the reference script on random files") {
  const std::filesystem::path script =
      std::filesystem::path(RINGSCOPE_SOURCE_DIR) / ".." / "shared" / "tools" / "score.py";
  if (!std::filesystem::exists(script)) {
    MESSAGE("skipped: no reference script beside the source tree");
    return;
  }
  struct Variant {
    std::string arguments;
    EvaluateOptions options;
  };
  const Scratch scratch("evaluate");
  const std::string grey = scratch.write("grey.csv", "account\nu3\nu5\nu8\n");
  const std::vector<Variant> variants = {
      {"", {}},
      {"--tier ban,review --min-score 0.25", {.tiers = {"ban", "review"}, .min_score = 0.25}},
      {"--min-size 20 --prefix A-", {.min_size = 20, .prefix = "A-"}},
      {"--grey " + grey, {.grey = grey}}};
  for (std::uint64_t seed = 1; seed <= 8; ++seed) {
    const std::string truth = scratch.write("truth.csv", random_truth(seed, seed % 2 ? 8 : 40));
    const std::string rings = scratch.write("rings.csv", random_rings(seed));
    for (const Variant& variant : variants) {
      const std::string command = fmt::format("python3 {} {} {} {}", script.string(), truth, rings, variant.arguments);
      const auto expected = nlohmann::json::parse(run(command));
      CHECK(nlohmann::json::parse(evaluation_to_json(evaluate(truth, rings, variant.options))) == expected);
    }
  }
}
