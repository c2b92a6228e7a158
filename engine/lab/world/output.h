// A file that is written whole or complained about.
#pragma once

#include <cstdint>
#include <cstdio>
#include <filesystem>
#include <memory>
#include <string_view>

namespace ringscope::world {

class Output {
 public:
  explicit Output(std::filesystem::path file);  // throws Error io
  void write(std::string_view text);            // throws Error io, no_space
  std::uint64_t close();                        // flushes; gives the bytes written; throws Error io, no_space

 private:
  struct Close {
    void operator()(std::FILE* file) const { std::fclose(file); }
  };

  [[noreturn]] void fail(const char* what) const;

  std::filesystem::path path_;
  std::unique_ptr<std::FILE, Close> file_;
  std::uint64_t bytes_ = 0;
};

}  // namespace ringscope::world
