// What a worker does with a block of pairs or a bin of components.
#include <array>
#include <optional>

#include "spark/native/arrays.h"
#include <nanobind/stl/string.h>

#include "base/error.h"
#include "engine/detect/project/cluster_block.h"
#include "engine/detect/project/pair_block.h"

namespace ringscope::spark {
namespace {

// A block of rows in a worker; keeps the tails that all blocks of a pass are held against.
class BlockTask {
 public:
  BlockTask(const Column<double>& intensity, std::size_t layers) : layers_(layers), tails_(view(intensity), kMaxBins) {}

  // Columns as in PairBlockColumns.
  void set_things(const Column<Vertex>& right, const Column<std::uint32_t>& layer, const Column<Vertex>& degree,
                  const Column<float>& rarity, const Column<float>& with_consequences, const Column<float>& observed,
                  const Column<float>& fitted) {
    things_ = {right, degree};
    layers_of_things_ = layer;
    said_of_things_ = {rarity, with_consequences, observed, fitted};
    columns_.right = view(right);
    columns_.layer = view(layer);
    columns_.degree = view(degree);
    columns_.rarity = view(rarity);
    columns_.with_consequences = view(with_consequences);
    columns_.observed = view(observed);
    columns_.fitted = view(fitted);
  }
  void set_accounts(const Column<Vertex>& left, const Column<float>& left_scale, Vertex first, Vertex end) {
    accounts_ = left;
    scales_ = left_scale;
    columns_.left = view(left);
    columns_.left_scale = view(left_scale);
    columns_.first = first;
    columns_.end = end;
  }
  // Last: builds the block, so that the columns may go.
  void set_edges(const Column<Vertex>& left, const Column<Vertex>& right) {
    columns_.edge_left = view(left);
    columns_.edge_right = view(right);
    const nb::gil_scoped_release released;
    block_.emplace(columns_, layers_, tails_);
    columns_ = {};
  }

  nb::dict corroborate(bool other_layers, double most_p, double chance_links) const {
    const CorroborationOptions options{
        .by = other_layers ? Corroborating::other_layers : Corroborating::everything_else,
        .most_p = most_p,
        .chance_links = chance_links,
        .threads = 1};
    CorroboratedRows rows = [&] {
      const nb::gil_scoped_release released;
      return block_.value().corroborate(options);
    }();
    std::vector<Vertex> right, left, other;
    for (const JoinedLefts& join : rows.joined) {
      right.push_back(join.right);
      left.push_back(join.left);
      other.push_back(join.other);
    }
    nb::dict result;
    result["counts"] = array_of(std::move(rows.surprise_counts));
    result["right"] = array_of(std::move(right));
    result["left"] = array_of(std::move(left));
    result["other"] = array_of(std::move(other));
    return result;
  }

  nb::dict keep(double least_surprise, double vouch_core, double vouch_attach) const {
    const PairLinks links = [&] {
      const nb::gil_scoped_release released;
      return block_.value().keep(least_surprise, vouch_core, vouch_attach);
    }();
    std::vector<Vertex> account, other;
    std::vector<float> surprise;
    for (std::size_t i = 0; i < links.near_misses.size(); ++i) {
      if (links.near_misses[i].other == NearMiss::kNobody) continue;
      account.push_back(block_->lefts()[i]);
      other.push_back(links.near_misses[i].other);
      surprise.push_back(links.near_misses[i].surprise);
    }
    nb::dict near_misses;
    near_misses["account"] = array_of(std::move(account));
    near_misses["other"] = array_of(std::move(other));
    near_misses["surprise"] = array_of(std::move(surprise));
    nb::dict result;
    result["core"] = edge_columns(links.core);
    result["attach"] = edge_columns(links.attach);
    result["near_misses"] = near_misses;
    return result;
  }

 private:
  std::size_t layers_;
  CompoundPoissonTails tails_;
  PairBlockColumns columns_;
  // The columns, which must live until the block is built.
  std::array<Column<Vertex>, 2> things_;
  Column<std::uint32_t> layers_of_things_;
  std::array<Column<float>, 4> said_of_things_;
  Column<Vertex> accounts_;
  Column<float> scales_;
  std::optional<PairBlock> block_;
};

std::vector<WeightedEdge> edges_from(const Column<Vertex>& u, const Column<Vertex>& v, const Column<float>& weight) {
  if (u.size() != v.size() || u.size() != weight.size())
    throw Error(ErrorCode::input, "columns of pairs differ in length", "block of components");
  std::vector<WeightedEdge> edges;
  edges.reserve(u.size());
  for (std::size_t i = 0; i < u.size(); ++i) edges.push_back({u.data()[i], v.data()[i], weight.data()[i]});
  return edges;
}

nb::dict cluster_in(const Column<Vertex>& account, const Column<Vertex>& core_u, const Column<Vertex>& core_v,
                    const Column<float>& core_weight, const Column<Vertex>& attach_u, const Column<Vertex>& attach_v,
                    const Column<float>& attach_weight, const Column<std::uint8_t>& held,
                    const Column<std::uint64_t>& offsets, const Column<Vertex>& things, const Column<float>& bits,
                    double resolution, double most_leak, double least_cohesion, Vertex least_size, std::uint64_t seed) {
  const std::vector<BlockGroup> groups = [&] {
    const nb::gil_scoped_release released;
    const std::vector<WeightedEdge> core = edges_from(core_u, core_v, core_weight);
    const std::vector<WeightedEdge> attach = edges_from(attach_u, attach_v, attach_weight);
    const std::vector<char> is_held(held.data(), held.data() + held.size());
    return cluster_block({view(account), core, attach, is_held, view(offsets), view(things), view(bits)},
                         {.resolution = resolution,
                          .most_leak = most_leak,
                          .least_cohesion = least_cohesion,
                          .least_size = least_size,
                          .seed = seed,
                          .threads = 1});
  }();
  std::vector<Vertex> first, size, member;
  std::vector<float> cohesion;
  for (const BlockGroup& group : groups) {
    first.push_back(group.first);
    size.push_back(static_cast<Vertex>(group.members.size()));
    member.insert(member.end(), group.members.begin(), group.members.end());
    cohesion.insert(cohesion.end(), group.cohesion.begin(), group.cohesion.end());
  }
  nb::dict result;
  result["first"] = array_of(std::move(first));
  result["size"] = array_of(std::move(size));
  result["member"] = array_of(std::move(member));
  result["cohesion"] = array_of(std::move(cohesion));
  return result;
}

}  // namespace

void bind_pairs(nb::module_& module) {
  nb::class_<BlockTask>(module, "BlockTask", "A block of rows of the pair stage. Starts no threads.")
      .def(nb::init<const Column<double>&, std::size_t>(), nb::arg("intensity"), nb::arg("layers"))
      .def("set_things", &BlockTask::set_things)
      .def("set_accounts", &BlockTask::set_accounts)
      .def("set_edges", &BlockTask::set_edges)
      .def("corroborate", &BlockTask::corroborate)
      .def("keep", &BlockTask::keep);
  module.def("cluster_block", &cluster_in);
}

}  // namespace ringscope::spark
