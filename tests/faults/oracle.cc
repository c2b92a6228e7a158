// Whether the ladder would see it: faults that must be found out are planted, and its judge is asked.
#include "stage.h"
#include <doctest/doctest.h>

using namespace ringscope;
using namespace ringscope::faults;

TEST_CASE("faults: a disk that only says that it syncs is found out, for what was acknowledged is missed") {
  const Place place;
  for (const char* name : {"ingest", "detect", "verdict", "release", "ingest again", "retract"}) {
    CAPTURE(std::string(name));
    const std::size_t at = number_of(name);
    Tally honest{.fault = "a disk that syncs"}, planted{.fault = "a disk that lies"};
    for (Tally* const tally : {&honest, &planted}) {
      place.set_before(at);
      Environment fault = {{"FAULT_AT", "end:1:cut"}, {"FAULT_SEED", "53"}};  // which spares nothing
      if (tally == &planted) fault["FAULT_SYNC"] = "lie";
      const Ending ending = place.run(operations()[at].arguments, fault);
      CHECK((ending.status == 0 || ending.status == 3));
      CHECK(ending.fired);
      judge(place, at, ending, *tally);
    }
    CHECK(complaints(honest).empty());
    CHECK(planted.lost + planted.wrong == 1);
    CHECK_FALSE(complaints(planted).empty());
  }
}

TEST_CASE("faults: the judge sees what is not there, what nobody did, and an end without a word") {
  const Place place;
  const std::size_t at = number_of("verdict");
  Tally lost, silent, other;
  place.set_before(at);
  judge(place, at, {0, "", "", true}, lost);
  CHECK(lost.lost == 1);
  place.set_before(at);
  judge(place, at, {1, "", "", true}, silent);
  CHECK(silent.unreported == 1);
  place.set_before(at);
  CHECK(place.run({"verdict", "ring-4", "confirm", "--account", "--by", "eve", "--reason", "another's"}).status == 0);
  judge(place, at, {0, "", "", true}, other);
  CHECK(other.wrong == 1);
}

TEST_CASE("faults: a ladder in which no fault was made has not passed") {
  CHECK(complaints({.fault = "sound", .rounds = 4, .fired = 4}).empty());
  CHECK_FALSE(complaints({.fault = "no round"}).empty());
  CHECK_FALSE(complaints({.fault = "no fault", .rounds = 4}).empty());
  CHECK_FALSE(complaints({.fault = "hardly any", .rounds = 4, .fired = 1}).empty());
  CHECK_FALSE(complaints({.fault = "a loss", .rounds = 4, .lost = 1, .fired = 4}).empty());
}
