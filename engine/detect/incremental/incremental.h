// Detection from where the last full run stood: only what changed since is looked at again.
//
// The result depends on the base, on what is in the store now and on the configuration, and on no run between them.
// What is exact and what is not, and when a full run is made instead: docs/decisions/0008-incremental.md.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "engine/detect/detect.h"
#include "engine/detect/incremental/image.h"
#include "engine/detect/stages.h"

namespace ringscope {

// Publishes an incremental run; nothing, and why in `reason` (empty: there is nothing to start from), when a full one
// must be made. Throws as detect() does.
std::optional<Detection> detect_incrementally(Store& store, const Setup& setup, DetectProgress& progress,
                                              std::string& reason);

// The groups of a full run for its image. `names` of their rings.
std::vector<ImageGroup> image_groups(std::vector<Group> groups, std::vector<std::vector<Seed>> seeds,
                                     const std::vector<Group>& clustered, const Profiles& profiles,
                                     const std::vector<std::string>& names);

// Adds to the groups, and to the carried ones, the rings that were made of them.
void add_rings(Image& image, const Snapshot& snapshot, const Decisions& decisions, const std::vector<Ring>& rings,
               const std::vector<std::uint32_t>& numbers);

}  // namespace ringscope
