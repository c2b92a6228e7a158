// A directory that is gone when the test is over.
#pragma once

#include <atomic>
#include <filesystem>
#include <fstream>
#include <string>

#include <unistd.h>

namespace ringscope {

class Scratch {
 public:
  explicit Scratch(const std::string& name) {
    static std::atomic<int> next{0};
    dir_ = std::filesystem::temp_directory_path() /
           ("ringscope-" + name + "-" + std::to_string(getpid()) + "-" + std::to_string(next++));
    std::filesystem::remove_all(dir_);  // what a killed process of the same number has left
    std::filesystem::create_directories(dir_);
  }
  Scratch(const Scratch&) = delete;
  Scratch& operator=(const Scratch&) = delete;
  ~Scratch() {
    std::error_code ignored;
    std::filesystem::remove_all(dir_, ignored);
  }

  std::string path(const std::string& name) const { return (dir_ / name).string(); }
  std::string write(const std::string& name, const std::string& text) const {
    std::ofstream(path(name), std::ios::binary) << text;
    return path(name);
  }

 private:
  std::filesystem::path dir_;
};

}  // namespace ringscope
