// The pages: files of one directory, read into memory at the start, so that no path of a request ever reaches the disk.
#pragma once

#include <filesystem>
#include <map>
#include <memory>
#include <string>
#include <string_view>

#include "server/http.h"

namespace ringscope::server {

class Pages {
 public:
  // An empty or missing directory: only a page that says so. FILE.gz beside FILE is sent to those who take gzip. Links
  // are not followed. Throws Error io, refused above 64 MiB.
  explicit Pages(const std::filesystem::path& directory);

  bool empty() const { return files_.empty(); }
  // Of the path "/" and of those that name no file and have no dot: index.html, whose script goes by the path. Throws
  // ApiError 404.
  Answer find(const Head& head, std::string_view path) const;

 private:
  struct File {
    std::string type, etag;
    std::shared_ptr<const std::string> plain, gzip;
    bool immutable = false;  // its name has a hash of its content
  };
  std::map<std::string, File, std::less<>> files_;  // by path, "/index.html"
};

}  // namespace ringscope::server
