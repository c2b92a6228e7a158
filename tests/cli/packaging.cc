// What the package brings beside the program.
#include <cstdlib>
#include <filesystem>

#include <doctest/doctest.h>
#include <fmt/format.h>

#include "tests/cli/program.h"

using namespace ringscope;

namespace fs = std::filesystem;

namespace {

// What a script of the package asks of systemd, where there is one, when dpkg calls it so.
std::string asked_of_systemd(const std::string& script, const std::string& arguments) {
  const Program program;
  fs::create_directories(program.path("systemd"));
  std::string text = read_text(fmt::format("{}/packaging/{}", RINGSCOPE_SOURCE_DIR, script));
  const std::string place = "/run/systemd/system";
  REQUIRE(contains(text, place));
  text.replace(text.find(place), place.size(), program.path("systemd"));
  program.write("script", text);
  for (const char* tool : {"systemctl", "getent", "groupadd", "useradd"})
    fs::permissions(program.write(tool, fmt::format("#!/bin/sh\n[ {0} = getent ] || echo {0} $* >>{1}\n", tool,
                                                    program.path("calls"))),
                    fs::perms::owner_all);
  program.write("calls", "");
  const std::string command =
      fmt::format("PATH='{}':$PATH sh '{}' {}", program.path(""), program.path("script"), arguments);
  REQUIRE(std::system(command.c_str()) == 0);
  return read_text(program.path("calls"));
}

}  // namespace

TEST_CASE("packaging: the unit of the service is one that systemd understands") {
  const Program program;
  std::string unit = read_text(std::string(RINGSCOPE_SOURCE_DIR) + "/packaging/ringscope.service");
  const std::string installed = "/usr/bin/ringscope";
  REQUIRE(contains(unit, "ExecStart=" + installed + " serve"));
  for (const char* hardening : {"NoNewPrivileges=yes", "ProtectSystem=strict", "CapabilityBoundingSet=\n",
                                "SystemCallFilter=@system-service", "LimitNOFILE=", "TasksMax="})
    CHECK(contains(unit, hardening));
  if (!fs::exists("/usr/bin/systemd-analyze")) {
    MESSAGE("skipped: there is no systemd-analyze");
    return;
  }
  unit.replace(unit.find(installed), installed.size(), RINGSCOPE_PROGRAM);
  const std::string file = program.write("ringscope.service", unit);
  CHECK(std::system(("systemd-analyze verify " + file + " > /dev/null 2>&1").c_str()) == 0);
}

TEST_CASE(
    "packaging: an upgrade restarts the service if it runs, a removal stops it, a first installation does neither") {
  CHECK(asked_of_systemd("postinst", "configure") == "systemctl daemon-reload\n");
  CHECK(asked_of_systemd("postinst", "configure 0.1.0") ==
        "systemctl daemon-reload\nsystemctl try-restart ringscope.service\n");
  CHECK(asked_of_systemd("prerm", "upgrade 0.2.0") == "");
  CHECK(asked_of_systemd("prerm", "remove") == "systemctl disable --now ringscope.service\n");
}
