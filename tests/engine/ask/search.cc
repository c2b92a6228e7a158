#include "engine/ask/search.h"

#include <doctest/doctest.h>

#include "base/error.h"
#include "tests/engine/sample.h"

using namespace ringscope;

namespace {

std::vector<std::string> values(const SearchAnswer& answer) {
  std::vector<std::string> found;
  for (const SearchHit& hit : answer.hits) found.push_back(hit.kind + " " + hit.value + (hit.exact ? " =" : ""));
  return found;
}

using Found = std::vector<std::string>;

}  // namespace

TEST_CASE("search: what is equal, what begins with it, what lies in a network") {
  SampleStore sample;
  sample.publish_run();
  const Finder finder(sample.store());
  CHECK(values(finder.find("ann")) == Found{"account ann ="});
  CHECK(values(finder.find("AN")) == Found{"account ann"});
  CHECK(values(finder.find("card")) == Found{"payment card-1"});
  CHECK(values(finder.find("payment:c")) == Found{"payment card-1"});
  CHECK(values(finder.find("account:c")) == Found{"account cy"});
  CHECK(values(finder.find("192.0.2.0/24")) == Found{"ip 192.0.2.1"});
  CHECK(values(finder.find("192.0.2.1/32")) == Found{"ip 192.0.2.1"});
  CHECK(values(finder.find("192.0.2.2/31")).empty());
  CHECK(values(finder.find("0.0.0.0/0")) == Found{"ip 192.0.2.1", "ip 198.51.100.1"});
  CHECK(values(finder.find("19")) == Found{"ip 192.0.2.1", "ip 198.51.100.1"});
  CHECK(values(finder.find(" ::ffff:192.0.2.1 ")) == Found{"ip 192.0.2.1 ="});
  CHECK(values(finder.find("coding")).empty());  // a tag is no thing
  CHECK(values(finder.find("nobody")).empty());
  CHECK(values(finder.find("AN", {.exact_only = true})).empty());
}

TEST_CASE("search: rings are found by number, and hits say which rings they belong to") {
  SampleStore sample;
  sample.publish_run();
  const Finder finder(sample.store());
  for (const char* text : {"R-7f3a91c2", "r-7f", "7f3a", "ring:7"}) {
    CAPTURE(text);
    CHECK(finder.find(text).hits.at(0).value == "R-7f3a91c2");
  }
  CHECK(finder.find("7f").hits.empty());
  const SearchHit ann = finder.find("ann").hits.at(0);
  REQUIRE(ann.rings.size() == 1);
  CHECK(ann.rings[0].ring == "R-7f3a91c2");
  CHECK(ann.rings[0].tier == Tier::ban);
  CHECK(finder.find("dan").hits.at(0).rings.empty());
  const SearchHit card = finder.find("card-1").hits.at(0);
  CHECK(card.accounts == 2);
  CHECK(card.bits == 20.5);
  CHECK(card.verdict == ThingVerdict::evidence);
  CHECK(finder.find("198.51.100.1").hits.at(0).verdict == ThingVerdict::over_cap);
}

TEST_CASE("search: no more than the limit, and it says that there is more") {
  SampleStore sample;
  const Finder finder(sample.store());
  const SearchAnswer one = finder.find("0.0.0.0/0", {.limit = 1});
  CHECK(values(one) == Found{"ip 192.0.2.1"});
  CHECK(one.more);
  const SearchAnswer both = finder.find("0.0.0.0/0", {.limit = 2});
  CHECK(both.hits.size() == 2);
  CHECK(!both.more);
  CHECK(both.run == 0);
  CHECK(both.hits[0].accounts == 0);
  CHECK(!both.scanned);
}

TEST_CASE("search: an empty text and a wrong network are refused") {
  SampleStore sample;
  const Finder finder(sample.store());
  for (const char* text : {"", "  ", "ip:", "10.0.0.0/33", "10.0.0.0/", "::/129", "10.0.0.0/x"}) {
    CAPTURE(text);
    CHECK_THROWS_AS(finder.find(text), Error);
  }
  CHECK(finder.find("not/an address").hits.empty());
}
