// leiden_call DIR THREADS: Leiden by C++, timed call by call for whoever times another in turn (leiden_call.py).
//
// DIR has a graph as three files: indptr.u64, indices.u32, data.f32. Every line of standard input is a call; each is
// answered by a line with its seconds. The first leaves its labels in DIR/labels.u32, and others must be equal.
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <string>
#include <vector>

#include "algorithms/leiden.h"

namespace {

template <class T>
std::vector<T> read_array(const std::filesystem::path& path) {
  std::vector<T> values(std::filesystem::file_size(path) / sizeof(T));
  std::ifstream file(path, std::ios::binary);
  file.read(reinterpret_cast<char*>(values.data()), static_cast<std::streamsize>(values.size() * sizeof(T)));
  return values;
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 3) {
    std::fprintf(stderr, "leiden_call DIR THREADS\n");
    return 2;
  }
  const std::filesystem::path directory = argv[1];
  const auto offsets = read_array<ringscope::ArcIndex>(directory / "indptr.u64");
  const auto targets = read_array<ringscope::Vertex>(directory / "indices.u32");
  const auto weights = read_array<float>(directory / "data.f32");
  const ringscope::CsrGraph graph(offsets, targets, weights);
  const auto threads = static_cast<unsigned>(std::strtoul(argv[2], nullptr, 10));

  std::vector<ringscope::Vertex> labels;
  for (std::string line; std::getline(std::cin, line);) {
    const auto begin = std::chrono::steady_clock::now();
    const ringscope::Partition found = ringscope::leiden(graph, {.threads = threads});
    const std::chrono::duration<double> seconds = std::chrono::steady_clock::now() - begin;
    if (labels.empty()) {
      labels = found.community_of;
      std::ofstream file(directory / "labels.u32", std::ios::binary);
      file.write(reinterpret_cast<const char*>(labels.data()),
                 static_cast<std::streamsize>(labels.size() * sizeof(ringscope::Vertex)));
    }
    if (labels != found.community_of) return 1;
    std::printf("%.9f\n", seconds.count());
    std::fflush(stdout);
  }
  return 0;
}
