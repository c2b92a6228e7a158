#include "engine/detect/incremental/image.h"

#include <algorithm>
#include <cstring>
#include <numeric>

#include "engine/detect/incremental/image_bytes.h"
#include "engine/detect/ring/ring_json.h"
#include "engine/detect/ring/succession_json.h"
#include "engine/json.h"

namespace ringscope {
namespace {

// Of what is written below; another number when anything of it changes.
constexpr std::uint64_t kImageFormat = 9;

void write_lists(ImageWriter& out, const std::vector<std::vector<Vertex>>& lists) {
  std::vector<Vertex> sizes, all;
  for (const auto& list : lists) {
    sizes.push_back(static_cast<Vertex>(list.size()));
    all.insert(all.end(), list.begin(), list.end());
  }
  out.list(sizes);
  out.list(all);
}

std::vector<std::vector<Vertex>> read_lists(ImageReader& in) {
  const auto sizes = in.list<Vertex>();
  const auto all = in.list<Vertex>();
  std::vector<std::vector<Vertex>> lists;
  auto at = all.begin();
  for (const Vertex size : sizes) {
    if (size > all.end() - at) throw Error(ErrorCode::corrupt, "the image of the last full run is damaged");
    lists.emplace_back(at, at + size);
    at += size;
  }
  return lists;
}

void write_rows(ImageWriter& out, const BipartiteArrays& arrays) {
  out.list(arrays.left_offsets);
  out.list(arrays.left_targets);
  out.list(arrays.layer_offsets);
}

// Of the right side the degrees only: nobody asks an image for more.
BipartiteArrays read_rows(ImageReader& in) {
  BipartiteArrays arrays;
  arrays.left_offsets = in.list<ArcIndex>();
  arrays.left_targets = in.list<Vertex>();
  arrays.layer_offsets = in.list<Vertex>();
  arrays.right_offsets.assign(arrays.layer_offsets.back() + std::size_t{1}, 0);
  for (const Vertex r : arrays.left_targets) ++arrays.right_offsets.at(r + std::size_t{1});
  std::partial_sum(arrays.right_offsets.begin(), arrays.right_offsets.end(), arrays.right_offsets.begin());
  return arrays;
}

void write_snapshot(ImageWriter& out, const Snapshot& snapshot) {
  out.list(std::vector<Day>{snapshot.window.first, snapshot.window.last});
  out.list(snapshot.accounts);
  std::vector<KeyHash> hashes;
  for (const VertexKey& entity : snapshot.entities) hashes.push_back(entity.hash);
  out.list(hashes);
  out.number(snapshot.layers.size());
  for (const Layer& layer : snapshot.layers) {
    out.number(static_cast<std::uint64_t>(layer.kind));
    out.text(layer.name);
  }
  write_rows(out, snapshot.arrays);
  out.list(snapshot.sightings);
  std::vector<KeyHash> leaders;
  for (const auto& [prompt, leader] : snapshot.prompts.followers()) leaders.insert(leaders.end(), {prompt, leader});
  out.list(leaders);
}

Snapshot read_snapshot(ImageReader& in) {
  Snapshot snapshot;
  const auto days = in.list<Day>();
  snapshot.window = {days.at(0), days.at(1)};
  snapshot.accounts = in.list<KeyHash>();
  const auto hashes = in.list<KeyHash>();
  snapshot.layers.resize(in.number());
  for (Layer& layer : snapshot.layers) {
    layer.kind = static_cast<KindId>(in.number());
    layer.name = in.text();
  }
  snapshot.arrays = read_rows(in);
  snapshot.sightings = in.list<Sighting>();
  const BipartiteGraph graph = snapshot.graph();
  snapshot.entities.resize(hashes.size());
  for (std::size_t k = 0; k < snapshot.layers.size(); ++k) {
    for (Vertex r = graph.layer_begin(k); r < graph.layer_end(k); ++r)
      snapshot.entities[r] = {snapshot.layers[k].kind, hashes[r]};
  }
  const auto leaders = in.list<KeyHash>();
  std::vector<std::pair<KeyHash, KeyHash>> pairs;
  for (std::size_t i = 0; i + 1 < leaders.size(); i += 2) pairs.emplace_back(leaders[i], leaders[i + 1]);
  snapshot.prompts = Prompts(std::move(pairs));
  return snapshot;
}

void write_habits(ImageWriter& out, const Habits& habits) {
  out.number(habits.layers.size());
  for (const std::string& layer : habits.layers) out.text(layer);
  out.list(habits.keys);
  write_rows(out, habits.arrays);
  out.list(habits.amounts);
}

Habits read_habits(ImageReader& in) {
  Habits habits;
  habits.layers.resize(in.number());
  for (std::string& layer : habits.layers) layer = in.text();
  habits.keys = in.list<std::uint64_t>();
  habits.arrays = read_rows(in);
  habits.amounts = in.list<float>();
  return habits;
}

void write_null(ImageWriter& out, const FrozenNull& null, const FrozenEntities& entities) {
  out.number(null.hub_accounts);
  out.number(null.curves.size());
  for (const LayerCurve& curve : null.curves) {
    out.list(curve.rarity);
    out.list(curve.scale);
  }
  out.list(null.intensity);
  out.real(null.least_surprise);
  out.real(null.vouch_core);
  out.real(null.vouch_attach);
  out.list(null.classes);
  out.list(entities.hubs);
  out.list(entities.trust);
  out.list(entities.mute);
}

void read_null(ImageReader& in, FrozenNull& null, FrozenEntities& entities) {
  null.hub_accounts = static_cast<Vertex>(in.number());
  null.curves.resize(in.number());
  for (LayerCurve& curve : null.curves) {
    curve.rarity = in.list<float>();
    curve.scale = in.list<float>();
  }
  null.intensity = in.list<double>();
  null.least_surprise = in.real();
  null.vouch_core = in.real();
  null.vouch_attach = in.real();
  null.classes = in.list<VouchClass>();
  entities.hubs = in.list<HubCause>();
  entities.trust = in.list<float>();
  entities.mute = in.list<char>();
}

void write_ring(ImageWriter& out, const ImageRing& ring) {
  out.text(ring.id);
  out.number(ring.version);
  out.number(ring.parents.size());
  for (const std::string& parent : ring.parents) out.text(parent);
  out.number(static_cast<std::uint64_t>(ring.tier));
  out.real(ring.score);
  out.list(ring.members);
  out.number(ring.number);
  out.number(ring.successions);
  out.number((ring.decided ? 1 : 0) + (ring.attributed ? 2 : 0));
}

ImageRing read_ring(ImageReader& in) {
  ImageRing ring;
  ring.id = in.text();
  ring.version = static_cast<std::uint32_t>(in.number());
  ring.parents.resize(in.number());
  for (std::string& parent : ring.parents) parent = in.text();
  ring.tier = static_cast<Tier>(in.number());
  ring.score = in.real();
  ring.members = in.list<ImageMember>();
  ring.number = static_cast<std::uint32_t>(in.number());
  ring.successions = in.number();
  const std::uint64_t marks = in.number();
  ring.decided = (marks & 1) != 0;
  ring.attributed = (marks & 2) != 0;
  return ring;
}

void write_group(ImageWriter& out, const ImageGroup& group) {
  out.list(group.group.members);
  out.list(group.group.cohesion);
  out.number(group.group.likeness.size());
  for (const std::string& kind : group.group.likeness) out.text(kind);
  out.list(group.group.member_likeness);
  out.text(group.name);
  out.list(group.requests);
  out.list(group.facts);
  out.list(group.seeds);
  out.number(group.plain ? 1 : 0);
  write_ring(out, group.ring);
}

ImageGroup read_group(ImageReader& in) {
  ImageGroup group;
  group.group.members = in.list<Vertex>();
  group.group.cohesion = in.list<float>();
  group.group.likeness.resize(in.number());
  for (std::string& kind : group.group.likeness) kind = in.text();
  group.group.member_likeness = in.list<MemberLikeness>();
  group.name = in.text();
  group.requests = in.list<std::uint64_t>();
  group.facts = in.list<std::uint64_t>();
  group.seeds = in.list<Seed>();
  group.plain = in.number() != 0;
  group.ring = read_ring(in);
  return group;
}

void write_population(ImageWriter& out, const Population& population) {
  out.number(population.accounts);
  out.number(population.requests);
  out.real(population.signup_span.value_or(-1));
  out.real(population.usual_start.value_or(kNoDay));
  out.real(population.banned);
  out.list(population.tags);
  out.list(population.templates);
}

Population read_population(ImageReader& in) {
  Population population;
  population.accounts = in.number();
  population.requests = in.number();
  if (const double span = in.real(); span >= 0) population.signup_span = span;
  if (const auto day = static_cast<Day>(in.real()); day != kNoDay) population.usual_start = day;
  population.banned = in.real();
  population.tags = in.list<TagCount>();
  population.templates = in.list<TemplateCount>();
  return population;
}

}  // namespace

std::uint64_t successions_hash(const Ring& ring) {
  Json json;
  if (!ring.ban_waves.empty() || !ring.succeeds.empty()) put_successions(json, ring);
  for (const Member& member : ring.members) {
    if (member.replaces) json["of"].push_back({member.account, replacement_to_json(member.replaces)});
  }
  return json.is_null() ? 0 : hash_value(json.dump(-1, ' ', false, Json::error_handler_t::replace));
}

std::uint64_t facts_hash(const AccountFacts& facts) {
  return hash_value(facts.status.value() + '\n' + facts.plan.value() + '\n' + std::to_string(facts.created) + '\n' +
                    std::to_string(facts.status.since()));
}

void write_image(const Image& image, const std::function<void(std::string_view)>& put) {
  ImageWriter out(put);
  out.number(kImageFormat);
  out.text(image.config_hash);
  out.number(image.lists_hash);
  out.number(static_cast<std::uint64_t>(image.last_day));
  out.number(image.verdicts);
  write_snapshot(out, image.snapshot);
  write_habits(out, image.habits);
  write_null(out, image.null, image.entities);
  out.list(image.consequences.offsets());
  out.list(image.consequences.targets());
  out.list(image.links.core);
  out.list(image.links.attach);
  out.list(image.links.near_misses);
  out.list(image.enriched);
  out.list(image.coactions);
  for (const EdgeChanges* changes : {&image.changes.core, &image.changes.attach}) {
    out.list(changes->lost);
    out.list(changes->gained);
  }
  out.list(image.changes.unlinked);
  out.list(image.changes.misses);
  write_lists(out, image.clustered);
  out.number(image.groups.size());
  for (const ImageGroup& group : image.groups) write_group(out, group);
  out.number(image.carried.size());
  for (const ImageRing& ring : image.carried) write_ring(out, ring);
  write_population(out, image.population);
  out.text(run_to_json(image.summary));
  out.finish();
}

namespace {

std::uint64_t format_of(std::string_view first_part) {
  std::uint64_t format = 0;
  std::memcpy(&format, first_part.data(), std::min(first_part.size(), sizeof format));
  return format;
}

}  // namespace

std::optional<Image> read_image(const Store& store) {
  std::vector<std::string> parts;
  store.read_image([&](std::string_view part) { parts.emplace_back(part); });
  if (parts.empty()) return std::nullopt;
  if (format_of(parts.front()) != kImageFormat) return std::nullopt;
  ImageReader in(std::move(parts));
  (void)in.number();
  Image image;
  image.config_hash = in.text();
  image.lists_hash = in.number();
  image.last_day = static_cast<Day>(in.number());
  image.verdicts = in.number();
  image.snapshot = read_snapshot(in);
  image.habits = read_habits(in);
  read_null(in, image.null, image.entities);
  std::vector<std::uint64_t> offsets = in.list<std::uint64_t>();
  image.consequences = Consequences(std::move(offsets), in.list<Vertex>());
  image.links = {in.list<WeightedEdge>(), in.list<WeightedEdge>(), in.list<NearMiss>()};
  image.enriched = in.list<WeightedEdge>();
  image.coactions = in.list<Coaction>();
  for (EdgeChanges* changes : {&image.changes.core, &image.changes.attach}) {
    changes->lost = in.list<WeightedEdge>();
    changes->gained = in.list<WeightedEdge>();
  }
  image.changes.unlinked = in.list<Vertex>();
  image.changes.misses = in.list<ChangedMiss>();
  image.clustered = read_lists(in);
  image.groups.resize(in.number());
  for (ImageGroup& group : image.groups) group = read_group(in);
  image.carried.resize(in.number());
  for (ImageRing& ring : image.carried) ring = read_ring(in);
  image.population = read_population(in);
  image.summary = run_from_json(in.text());
  image.summary.run = store.image_run();
  find_kinds(store, image.summary.baseline);
  return image;
}

}  // namespace ringscope
