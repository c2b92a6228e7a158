#include "engine/load/templates.h"

#include <map>
#include <utility>

#include <Eigen/SparseCore>
#include <doctest/doctest.h>
#include <fmt/format.h>

#include "base/error.h"
#include "base/random.h"
#include "tests/engine/log.h"

using namespace ringscope;

namespace {

using Sparse = Eigen::SparseMatrix<float, Eigen::RowMajor, int>;

// Where the matrix lies, as Eigen sees it.
Eigen::Map<const Sparse> view_of(const TemplateMatrix& matrix) {
  return {static_cast<Eigen::Index>(matrix.accounts.size()),
          static_cast<Eigen::Index>(matrix.templates.size()),
          static_cast<Eigen::Index>(matrix.columns.size()),
          matrix.starts.data(),
          matrix.columns.data(),
          matrix.counts.data()};
}

struct Asked {
  std::string log;
  std::map<std::pair<KeyHash, KeyHash>, float> counts;  // (account, template): requests
};

Asked many_requests() {
  Asked asked;
  Random random(5);
  for (int n = 0; n < 3000; ++n) {
    const std::string account = fmt::format("a{}", random.below(120)), name = fmt::format("t{}", random.below(12));
    const auto day = static_cast<int>(random.below(4));
    asked.log += fmt::format(R"({{"ts":{},"account":"{}","template":"{}"}})"
                             "\n",
                             1767225600 + 86400 * day, account, name);
    if (day < 2) ++asked.counts[{hash_value(account), hash_value(name)}];
  }
  asked.log += "{\"ts\":1767225600,\"account\":\"silent\",\"ip\":\"10.0.0.1\"}\n";
  return asked;
}

}  // namespace

TEST_CASE("templates: who asked what how often in a window, and Eigen reads it where it lies") {
  const Asked asked = many_requests();
  Log log(asked.log);
  const Day first = day_of(1767225600);
  const TemplateMatrix matrix = load_templates(log.store(), {.window = {first, first + 1}});
  const auto view = view_of(matrix);
  CHECK(view.outerIndexPtr() == matrix.starts.data());
  CHECK(view.innerIndexPtr() == matrix.columns.data());
  CHECK(view.valuePtr() == matrix.counts.data());
  CHECK(std::is_sorted(matrix.accounts.begin(), matrix.accounts.end()));
  std::map<std::pair<KeyHash, KeyHash>, float> counts;
  for (Eigen::Index row = 0; row < view.rows(); ++row) {
    int before = -1;
    for (Eigen::Map<const Sparse>::InnerIterator at(view, row); at; ++at) {
      CHECK(at.col() > before);
      before = static_cast<int>(at.col());
      counts[{matrix.accounts[static_cast<std::size_t>(row)], matrix.templates[static_cast<std::size_t>(at.col())]}] =
          at.value();
    }
    CHECK(before >= 0);
  }
  CHECK(counts == asked.counts);
  CHECK(matrix.templates.size() == 12);
}

TEST_CASE("templates: a store without any, and a bound that is too small") {
  Log none("{\"ts\":1767225600,\"account\":\"silent\",\"ip\":\"10.0.0.1\"}\n");
  const TemplateMatrix matrix = load_templates(none.store(), {});
  CHECK(matrix.accounts.empty());
  CHECK(matrix.starts == std::vector<std::int32_t>{0});
  Log log(many_requests().log);
  CHECK_THROWS_AS(load_templates(log.store(), {.memory_bytes = 100}), Error);
}
