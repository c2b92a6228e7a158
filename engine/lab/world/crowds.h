// The honest crowds that look like rings: each plans about `count` accounts in groups of its kind.
#pragma once

#include <algorithm>
#include <cstdint>

#include "engine/lab/world/planner.h"

namespace ringscope::world {

// People who live, work or learn together.
void plan_families(Planner& planner, std::uint64_t count);
void plan_offices(Planner& planner, std::uint64_t count);
void plan_campuses(Planner& planner, std::uint64_t count);
void plan_classrooms(Planner& planner, std::uint64_t count);
void plan_hackathons(Planner& planner, std::uint64_t count);
// People who ask alike.
void plan_chains(Planner& planner, std::uint64_t count);
void plan_applications(Planner& planner, std::uint64_t count);
void plan_courses(Planner& planner, std::uint64_t count);
// Planted only where they are named.
void plan_agencies(Planner& planner, std::uint64_t count);
void plan_cafes(Planner& planner, std::uint64_t count);
void plan_terms(Planner& planner, std::uint64_t count);
// Strangers behind one thing.
void plan_pipelines(Planner& planner, std::uint64_t count);
void plan_evaluations(Planner& planner, std::uint64_t count);
void plan_carriers(Planner& planner, std::uint64_t count);
void plan_vpns(Planner& planner, std::uint64_t count);
void plan_proxies(Planner& planner, std::uint64_t count);
void plan_resellers(Planner& planner, std::uint64_t count);

// Sizes of groups: many small ones, few large ones (Pareto), within [least, most], never above what is left unless
// least is.
std::uint32_t crowd_size(Random& random, double exponent, std::uint32_t least, std::uint64_t most, std::uint64_t left);

// Hours from UTC where a group lives.
std::int8_t draw_zone(Random& random);

// Plants groups of a kind, of `least` to `most` accounts each, until fewer than `least` are left of `count`: calls
// plant(hardness, size).
template <class Plant>
void plan_groups(Planner& planner, const char* kind, std::uint64_t count, std::uint32_t least, std::uint32_t most,
                 const Plant& plant) {
  for (std::uint64_t done = 0; done + least <= count;) {
    const double hardness = planner.open_group(kind).hardness;
    const std::uint64_t drawn = least + planner.random().below(most - least + 1);
    const auto size = static_cast<std::uint32_t>(std::min(drawn, count - done));
    plant(hardness, size);
    done += size;
  }
}

}  // namespace ringscope::world
