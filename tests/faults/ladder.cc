// Crashes, power cuts, refused calls, full disks, no memory, clocks that jump: what was acknowledged must be there, and
// nothing by halves. Every round is drawn from $RINGSCOPE_FAULT_SEED; docs/reliability.md says what is promised.
#include <algorithm>

#include "stage.h"
#include <doctest/doctest.h>
#include <fmt/format.h>
#include <sys/mount.h>
#include <unistd.h>

#include "engine/ledger/audit.h"

using namespace ringscope;
using namespace ringscope::faults;

namespace {

// Opens the store for writing and changes nothing, as that log was read.
const Arguments kRecover = {"ingest", "a.jsonl"};

std::size_t any_operation(Random& random) { return random.below(operations().size()); }

std::string at_call(const char* kind, std::uint64_t number, const char* act) {
  return fmt::format("{}:{}:{}", kind, number, act);
}

std::uint64_t calls_of(std::size_t at, const char* kind) {
  const auto& calls = Reference::get().calls(at);
  const auto found = calls.find(kind);
  return found == calls.end() ? 0 : found->second;
}

}  // namespace

TEST_CASE("faults: killed at any moment, and again while it recovers, the store is a prefix without a hole") {
  Tally tally{.fault = "kill -9"};
  const Place place;
  for (std::uint64_t round = 0; round < rounds(); ++round) {
    Random random(seed(), round);
    const std::size_t at = any_operation(random);
    place.set_before(at);
    const Operation& operation = operations()[at];
    CAPTURE(round);
    Ending ending;
    if (random.chance(0.5)) {
      ending = place.run_for(operation.arguments, random.below(Reference::get().microseconds(at) + 1));
    } else {
      const std::uint64_t step = 1 + random.below(std::max<std::uint64_t>(calls_of(at, "step"), 1));
      ending = place.run(operation.arguments, {{"FAULT_AT", at_call("step", step, "kill")}});
    }
    if (random.chance(0.3) && at > 0)
      (void)place.run(kRecover, {{"FAULT_AT", at_call("step", 1 + random.below(60), "kill")}});
    judge(place, at, ending, tally);
  }
  conclude(tally);
}

TEST_CASE("faults: a power cut loses nothing that was acknowledged, names of files included") {
  Tally tally{.fault = "power cut"};
  const Place place;
  for (std::uint64_t round = 0; round < rounds(); ++round) {
    Random random(seed() + 1, round);
    const std::size_t at = any_operation(random);
    place.set_before(at);
    const std::uint64_t step = 1 + random.below(calls_of(at, "step") + 2);
    const Environment fault = {{"FAULT_AT", at_call("step", step, "cut")},
                               {"FAULT_SEED", std::to_string(random.below(1'000'000))}};
    judge(place, at, place.run(operations()[at].arguments, fault), tally);
  }
  // And right after each has said that it is done.
  for (std::size_t at = 0; at < operations().size(); ++at) {
    place.set_before(at);
    const Environment fault = {{"FAULT_AT", "end:1:cut"}, {"FAULT_SEED", std::to_string(seed() + at)}};
    judge(place, at, place.run(operations()[at].arguments, fault), tally);
  }
  conclude(tally);
}

namespace {

void fail_call(const Place& place, std::size_t at, const char* kind, std::uint64_t nth, const char* act, Tally& tally) {
  place.set_before(at);
  judge(place, at, place.run(operations()[at].arguments, {{"FAULT_AT", at_call(kind, nth, act)}}), tally);
}

}  // namespace

TEST_CASE("faults: the n-th read, write, sync or change of a name fails, once or from then on, and it is said") {
  const Place place;
  std::uint64_t stream = 0;
  for (const char* kind : {"read", "write", "sync", "name"}) {
    for (const char* act : {"fail", "ever"}) {
      Tally tally{.fault = fmt::format("{} fails {}", kind, act == std::string("fail") ? "once" : "for ever")};
      ++stream;
      if (stride() > 0) {
        for (std::size_t at = 0; at < operations().size(); ++at)
          for (std::uint64_t nth = 1 + stream % stride(); nth <= calls_of(at, kind); nth += stride())
            fail_call(place, at, kind, nth, act, tally);
      }
      for (std::uint64_t round = 0; stride() == 0 && round < std::max<std::uint64_t>(rounds() / 5, 1); ++round) {
        Random random(seed() + 2, round * 8 + stream);
        const std::size_t at = any_operation(random);
        fail_call(place, at, kind, 1 + random.below(calls_of(at, kind) + 1), act, tally);
      }
      conclude(tally);
    }
  }
}

TEST_CASE("faults: the disk gets full, it is said, and once there is room everything goes on") {
  Tally tally{.fault = "disk full"};
  const Place place;
  for (std::uint64_t round = 0; round < std::max<std::uint64_t>(rounds() / 3, 1); ++round) {
    Random random(seed() + 3, round);
    const std::size_t at = any_operation(random);
    place.set_before(at);
    const Ending ending =
        place.run(operations()[at].arguments, {{"FAULT_SPACE", std::to_string(random.below(300'000))}});
    CAPTURE(ending.err);
    CHECK_FALSE(ending.killed());
    judge(place, at, ending, tally);
  }
  conclude(tally);
}

TEST_CASE("faults: a real file system that is too small says so") {
  const Place place;
  place.set_before(0);
  const auto small = place / "small";
  std::filesystem::create_directories(small);
  if (mount("none", small.c_str(), "tmpfs", 0, "size=200k") != 0) {
    MESSAGE("skipped: a file system cannot be mounted here");
    return;
  }
  const Arguments ingest = {"ingest", "a.jsonl", "--db", "small/db"};
  const Ending full = place.run(ingest);
  CHECK(full.status == 1);
  CHECK(full.err.find("the disk is full") != std::string::npos);
  CHECK(mount("none", small.c_str(), "tmpfs", MS_REMOUNT, "size=64m") == 0);
  CHECK(place.run(ingest).status == 0);
  CHECK(state_of(small / "db") == Reference::get().after(0));
  CHECK(umount(small.c_str()) == 0);
}

TEST_CASE("faults: without memory it ends, and nothing is there by halves") {
  Tally tally{.fault = "no memory"};
  const Place place;
  for (std::uint64_t round = 0; round < std::max<std::uint64_t>(rounds() / 3, 1); ++round) {
    Random random(seed() + 4, round);
    const std::size_t at = any_operation(random);
    place.set_before(at);
    // Small numbers are the start of the program, most of the others its work.
    const std::uint64_t nth = random.below(random.chance(0.3) ? 3'000 : 60'000) + 1;
    const std::string fault = fmt::format("{}:{}", nth, random.chance(0.5) ? "fail" : "ever");
    judge(place, at, place.run(operations()[at].arguments, {{"FAULT_ALLOC", fault}}), tally);
  }
  for (const std::uint64_t megabytes : {60, 120, 200, 400, 800}) {
    for (const std::size_t at : {std::size_t{0}, std::size_t{1}}) {
      place.set_before(at);
      judge(place, at, place.run_within(operations()[at].arguments, megabytes << 20), tally);
    }
  }
  conclude(tally);
}

TEST_CASE("faults: a clock that is wrong or jumps changes no ring and breaks no rule") {
  Tally tally{.fault = "clock jumps"};
  const Place place;
  for (const char* clock :
       {"-86400", "-1700000000", "31536000", "315360000", "0:-3600:20", "0:-86400:5", "0:86400:40"}) {
    for (std::size_t at = 0; at < operations().size(); at += 2) {
      place.set_before(at);
      judge(place, at, place.run(operations()[at].arguments, {{"FAULT_CLOCK", clock}}), tally);
    }
  }
  conclude(tally);
}

TEST_CASE("faults: of two processes that write to one store, one does and the other is refused") {
  Tally tally{.fault = "two processes"};
  const Place place;
  for (std::uint64_t round = 0; round < std::max<std::uint64_t>(rounds() / 3, 1); ++round) {
    Random random(seed() + 5, round);
    const std::size_t at = 1 + random.below(operations().size() - 1);
    if (std::string_view(operations()[at].name) == "export") continue;  // reads
    place.set_before(at);
    const int first = place.start(operations()[at].arguments);
    if (random.chance(0.5)) usleep(static_cast<useconds_t>(random.below(40'000)));
    const int second = place.start(kRecover);
    const int second_ended = Place::wait_for(second), first_ended = Place::wait_for(first);
    if (first_ended == 4) CHECK(second_ended == 0);
    CHECK((second_ended == 0 || second_ended == 4));
    judge(place, at, {first_ended, "", "error", first_ended == 4 || second_ended == 4}, tally);
  }
  conclude(tally);
}

namespace {

std::uint64_t erasures_in_audit(const Place& place) {
  std::uint64_t count = 0;
  read_audit(place / "db", [&](const AuditEntry& entry) { count += entry.what == "cli.erase" ? 1 : 0; });
  return count;
}

}  // namespace

// The name that stands for an erased account is drawn, so states cannot be compared; what must hold is that afterwards
// the account is nowhere or all there, and that erasing it again gets it out.
TEST_CASE("faults: killed while it erases an account, that is all there or gone, and erasing it again gets it out") {
  Tally tally{.fault = "kill -9 in erase"};
  const Place place;
  const Arguments erase = {"erase", "user-7", "--by", "ann", "--reason", "asked for", "--may-return"};
  for (std::uint64_t round = 0; round < std::max<std::uint64_t>(rounds() / 5, 1); ++round) {
    Random random(seed() + 9, round);
    place.set_before(operations().size());
    const Ending ending =
        place.run(erase, {{"FAULT_AT", at_call("step", 1 + random.below(400), random.chance(0.5) ? "kill" : "cut")}});
    ++tally.rounds;
    tally.fired += ending.fired ? 1 : 0;
    tally.acknowledged += operations().size() + (ending.status == 0 ? 1 : 0);
    CAPTURE(ending.err);
    if (const std::string trouble = audit_trouble(place); !trouble.empty()) note(tally, tally.wrong, trouble);
    if (const Ending doctor = place.run({"doctor"}); doctor.status != 0) {
      note(tally, tally.wrong, doctor.out + doctor.err);
      continue;
    }
    const bool there = place.run({"account", "user-7"}).status == 0;
    if (ending.status == 0 && there) note(tally, tally.lost, "an account that was erased is there");
    if (there && place.run(erase).status != 0) note(tally, tally.wrong, "it cannot be erased again");
    if (place.run({"account", "user-7"}).status == 0) note(tally, tally.wrong, "it is there after all");
    if (const Ending doctor = place.run({"doctor"}); doctor.status != 0)
      note(tally, tally.wrong, doctor.out + doctor.err);
    if (const std::string trouble = audit_trouble(place); !trouble.empty()) note(tally, tally.wrong, trouble);
    if (erasures_in_audit(place) == 0 && !there) note(tally, tally.unreported, "nobody can tell who erased it");
  }
  conclude(tally);
}
