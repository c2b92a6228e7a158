#include "server/pages.h"

#include <array>

#include <fmt/format.h>

#include "base/disk.h"
#include "base/error.h"
#include "server/api_error.h"
#include "server/secrets.h"

namespace ringscope::server {
namespace {

constexpr std::uintmax_t kMostBytes = 64 << 20;

constexpr std::array<std::pair<std::string_view, std::string_view>, 13> kTypes{{
    {".html", "text/html; charset=utf-8"},
    {".js", "text/javascript; charset=utf-8"},
    {".mjs", "text/javascript; charset=utf-8"},
    {".css", "text/css; charset=utf-8"},
    {".json", "application/json"},
    {".svg", "image/svg+xml"},
    {".png", "image/png"},
    {".ico", "image/x-icon"},
    {".webp", "image/webp"},
    {".woff2", "font/woff2"},
    {".txt", "text/plain; charset=utf-8"},
    {".webmanifest", "application/manifest+json"},
    {".map", "application/json"},
}};

constexpr std::string_view kNoPages =
    "<!doctype html><html lang=\"en\"><meta charset=\"utf-8\"><title>ringscope</title><h1>ringscope</h1>"
    "<p>The server runs, but its pages are not installed; --pages names their directory.</p>"
    "<p>The API is described at <a href=\"/openapi.json\">/openapi.json</a>.</p></html>\n";

std::string type_of(const std::string& name) {
  for (const auto& [ending, type] : kTypes) {
    if (name.ends_with(ending)) return std::string(type);
  }
  return "application/octet-stream";
}

std::string read_page(const std::filesystem::path& path) {
  std::optional<std::string> bytes = read_bytes(path);
  if (!bytes) throw Error(ErrorCode::io, "cannot read a file of the pages", path.string());
  return *std::move(bytes);
}

}  // namespace

Pages::Pages(const std::filesystem::path& directory) {
  if (directory.empty() || !std::filesystem::is_directory(directory)) return;
  std::uintmax_t bytes = 0;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(directory)) {
    if (entry.is_symlink() || !entry.is_regular_file()) continue;
    std::string name = "/" + std::filesystem::relative(entry.path(), directory).generic_string();
    bytes += entry.file_size();
    if (bytes > kMostBytes)
      throw Error(ErrorCode::refused, "the pages have more than 64 MiB; is it the right directory?",
                  directory.string());
    auto content = std::make_shared<const std::string>(read_page(entry.path()));
    if (name.ends_with(".gz")) {
      files_[name.substr(0, name.size() - 3)].gzip = std::move(content);
      continue;
    }
    File& file = files_[name];
    file.type = type_of(name);
    file.etag = fmt::format("\"{}\"", sha256_hex(*content).substr(0, 24));
    file.immutable = name.starts_with("/assets/");
    file.plain = std::move(content);
  }
  std::erase_if(files_, [](const auto& file) { return !file.second.plain; });  // a .gz alone
}

Answer Pages::find(const Head& head, std::string_view path) const {
  auto found = files_.find(path);
  const bool named = path.substr(path.rfind('/')).find('.') != std::string_view::npos;
  if (found == files_.end() && !named) {
    found = files_.find(std::string_view("/index.html"));
    if (found == files_.end()) return answer_of(200, "text/html; charset=utf-8", std::string(kNoPages));
  }
  if (found == files_.end()) throw ApiError(404, "not_found", "there is no such page");
  const File& file = found->second;
  Answer answer{200, file.type, file.plain};
  answer.with("ETag", file.etag).with("Vary", "Accept-Encoding");
  answer.with("Cache-Control", file.immutable ? "public, max-age=31536000, immutable" : "no-cache");
  if (head.if_none_match.find(file.etag) != std::string::npos) {
    answer.status = 304;
    answer.body = nullptr;
  } else if (file.gzip && head.accept_encoding.find("gzip") != std::string::npos) {
    answer.with("Content-Encoding", "gzip");
    answer.body = file.gzip;
  }
  return answer;
}

}  // namespace ringscope::server
