// A shell that allows few open files.
#include <doctest/doctest.h>
#include <sys/resource.h>

#include "tests/cli/program.h"
#include "tests/cli/world.h"

using namespace ringscope;

namespace {

// Of this process and those that it starts; as before at the end.
class FewOpenFiles {
 public:
  explicit FewOpenFiles(rlim_t files) {
    REQUIRE(getrlimit(RLIMIT_NOFILE, &before_) == 0);
    const rlimit few{files, before_.rlim_max};
    REQUIRE(setrlimit(RLIMIT_NOFILE, &few) == 0);
  }
  ~FewOpenFiles() { setrlimit(RLIMIT_NOFILE, &before_); }
  FewOpenFiles(const FewOpenFiles&) = delete;
  FewOpenFiles& operator=(const FewOpenFiles&) = delete;

 private:
  rlimit before_{};
};

}  // namespace

TEST_CASE("cli: a store of more tables than the shell allows files is read where the system allows them") {
  const Program program;
  make_store(program);
  for (int run = 0; run < 6; ++run) program.must_run({"detect", "--db", "db"});  // some tables each
  const FewOpenFiles few(24);
  CHECK(contains(program.must_run({"rings", "--db", "db"}).out, "R-"));
}
