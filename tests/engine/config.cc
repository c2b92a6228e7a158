#include "engine/config.h"

#include <string>

#include <doctest/doctest.h>

#include "base/error.h"
#include "tests/engine/lab/scratch.h"

using namespace ringscope;

namespace {

Config read_text(const std::string& toml) {
  const Scratch scratch("config");
  return read_config(scratch.write("settings.toml", toml));
}

// "MESSAGE (CONTEXT)" of what reading throws; empty when it does not.
std::string complaint_about(const std::string& toml) {
  try {
    read_text(toml);
  } catch (const Error& error) {
    CHECK(error.code() == ErrorCode::config);
    return error.what();
  }
  return "";
}

bool contains(const std::string& text, const std::string& part) { return text.find(part) != std::string::npos; }

}  // namespace

TEST_CASE("config: an empty file gives the defaults") { CHECK(print_config(read_text("")) == print_config(Config{})); }

TEST_CASE("config: what is printed reads back as the same values") {
  Config config;
  config.threads = 3;
  config.memory_bytes = 123'456'789;
  config.detect.as_of = "2026-01-31";
  config.detect.alpha = 0.1 + 0.2;
  config.detect.window_days = 7;
  config.detect.seed = 42;
  config.detect.coaction_windows = {5, 86400};
  config.facets.on = {"signup"};
  config.facets.vpn_exits = {"a \"b\".txt", "c.mmdb"};
  config.detect.tests.pools = config.detect.tests.pairs = false;
  config.layers["ip/net"].weight = 0;
  config.layers["a \"b\""].weight = 0.1 + 0.2;
  const Config again = read_text(print_config(config));
  CHECK(again.detect.coaction_windows == std::vector<std::int64_t>{5, 86400});
  CHECK(!again.detect.tests.pools);
  CHECK(!again.detect.tests.pairs);
  CHECK(again.detect.tests.vouching);
  CHECK(weight_of(again.layers, "ip/net") == 0);
  CHECK(weight_of(again.layers, "a \"b\"") == 0.1 + 0.2);
  CHECK(weight_of(again.layers, "ip") == 1);
  CHECK(again.layers.at("ip/net").place.find("settings.toml:") != std::string::npos);
  CHECK(again.facets.on == config.facets.on);
  CHECK(again.facets.vpn_exits == config.facets.vpn_exits);
  CHECK(again.threads == 3);
  CHECK(again.memory_bytes == 123'456'789);
  CHECK(again.detect.alpha == 0.1 + 0.2);
  CHECK(print_config(again) == print_config(config));
}

TEST_CASE("config: every line that can be wrong is named with file, line and key") {
  struct Wrong {
    const char* toml;
    const char* line;
    const char* says;
  };
  for (const Wrong& wrong : {
           Wrong{"[facets]\non = [\"ip/net\", \"ip/nat\"]\n", "settings.toml:2", "names \"ip/nat\"; there are: ip/net"},
           Wrong{"[facets]\nvpn_exits = \"vpn.txt\"\n", "settings.toml:2", "a list of texts in quotes"},
           Wrong{"[facets]\nissuer_digits = 9\n", "settings.toml:2", "\"facets.issuer_digits\""},
           Wrong{"threads = 2\ntreads = 3\n", "settings.toml:2", "unknown key \"treads\""},
           Wrong{"[detect]\n\nhubs = 3\n", "settings.toml:3", "unknown key \"hubs\" in section [detect]"},
           Wrong{"[detekt]\nseed = 1\n", "settings.toml:1", "unknown key \"detekt\""},
           Wrong{"detect = 3\n", "settings.toml:1", "unknown key \"detect\""},
           Wrong{"[detect]\nalpha = \"low\"\n", "settings.toml:2", "\"detect.alpha\" must be a number"},
           Wrong{"[detect]\nalpha = 2.0\n", "settings.toml:2", "\"detect.alpha\" is 2"},
           Wrong{"[detect]\nalpha = nan\n", "settings.toml:2", "\"detect.alpha\" is nan"},
           Wrong{"threads = -1\n", "settings.toml:1", "\"threads\" is -1"},
           Wrong{"threads = 1.5\n", "settings.toml:1", "\"threads\" must be a whole number"},
           Wrong{"memory = \"lots\"\n", "settings.toml:1", "\"lots\" is not a size"},
           Wrong{"memory = 10\n", "settings.toml:1", "\"memory\" is 10"},
           Wrong{"[detect]\nas_of = \"soon\"\n", "settings.toml:2", "\"detect.as_of\" must be a date"},
           Wrong{"[detect]\ncoaction_windows = 10\n", "settings.toml:2", "must be a list of seconds"},
           Wrong{"[detect]\ncoaction_windows = [60, 10]\n", "settings.toml:2", "must ascend"},
           Wrong{"[detect]\ncoaction_windows = [-1]\n", "settings.toml:2", "\"detect.coaction_windows\" is -1"},
           Wrong{"[detect]\ncoaction_windows = [1, 2, 3, 4, 5, 6, 7, 8, 9]\n", "settings.toml:2", "more than eight"},
           Wrong{"[detect]\ntests = \"pairs\"\n", "settings.toml:2", "\"detect.tests\" must be a list of names"},
           Wrong{"[detect]\ntests = [\"pears\"]\n", "settings.toml:2",
                 "no test \"pears\"; \"detect.tests\" can hold: pairs,"},
           Wrong{"[layers]\nip = 1\n\"ip/net\" = \"no\"\n", "settings.toml:3", "\"layers.ip/net\" must be a number"},
           Wrong{"[layers]\nip = 101\n", "settings.toml:2", "\"layers.ip\" is 101"},
           Wrong{"[layers]\nip = -0.5\n", "settings.toml:2", "\"layers.ip\" is -0.5"},
           Wrong{"layers = 3\n", "settings.toml:1", "unknown key \"layers\""},
           Wrong{"threads = 1\nthreads = 2\n", "settings.toml:2", "not valid TOML"},
           Wrong{"threads =\n", "settings.toml:1", "not valid TOML"},
       }) {
    CAPTURE(wrong.toml);
    const std::string complaint = complaint_about(wrong.toml);
    CAPTURE(complaint);
    CHECK(contains(complaint, wrong.line));
    CHECK(contains(complaint, wrong.says));
  }
}

TEST_CASE("config: a file that is not there is named") {
  CHECK_THROWS_WITH_AS(read_config("/nowhere/settings.toml"), doctest::Contains("/nowhere/settings.toml"), Error);
}

TEST_CASE("config: a date needs no quotes") {
  CHECK(read_text("[detect]\nas_of = 2026-01-31\n").detect.as_of == "2026-01-31");
  CHECK(parse_time(read_text("[detect]\nas_of = 2026-01-31T10:00:00Z\n").detect.as_of) == 1769853600);
}

TEST_CASE("config: the hash moves with what changes results and with nothing else") {
  const std::string hash = config_hash(Config{});
  CHECK(hash.size() == 16);
  Config faster;
  faster.threads = 7;
  faster.memory_bytes = std::size_t{1} << 30;
  CHECK(config_hash(faster) == hash);
  Config other;
  other.detect.alpha = 0.02;
  CHECK(config_hash(other) != hash);
  other = {};
  other.detect.seed = 2;
  CHECK(config_hash(other) != hash);
  other = {};
  other.detect.tests.dispatch = false;
  CHECK(config_hash(other) != hash);
  other = {};
  other.layers["ip"].place = "settings.toml:3";
  CHECK(config_hash(other) == hash);  // 1, as without saying so
  other.layers["ip"].weight = 0.5;
  CHECK(config_hash(other) != hash);
}

TEST_CASE("config: sizes are read with and without units") {
  CHECK(parse_size("0") == 0);
  CHECK(parse_size("1024") == 1024);
  CHECK(parse_size("512M") == std::size_t{512} << 20);
  CHECK(parse_size("8GiB") == std::size_t{8} << 30);
  CHECK(parse_size("8 gb") == std::size_t{8} << 30);
  CHECK(parse_size("1.5g") == std::size_t{3} << 29);
  CHECK(parse_size("100B") == 100);
  for (const char* bad : {"", "M", "12X", "1..5", "-1", "1e9", "GiB8", "99999999T", "1 GiBB", "0x10"}) {
    CAPTURE(bad);
    CHECK_THROWS_AS(parse_size(bad), Error);
  }
}
