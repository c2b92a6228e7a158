#include "engine/load/prompts.h"

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <set>
#include <sstream>

#include <doctest/doctest.h>
#include <fmt/format.h>

#include "base/random.h"
#include "engine/ingest/skeleton.h"
#include "tests/engine/log.h"

using namespace ringscope;

namespace {

std::string event(int account, const std::string& text) {
  return fmt::format(R"({{"ts":{},"account":"a-{}","ip":"10.0.0.{}","text":"{}"}})"
                     "\n",
                     1767225600 + account, account, account, text);
}

KeyHash prompt_of(const std::string& text) {
  std::string skeleton, sketch;
  skeleton_of(text, skeleton);
  sketch_of(skeleton, sketch);
  return hash_value(sketch);
}

const std::vector<std::string> kEssays = {
    "You are a careful teacher. Write a short essay of three paragraphs about dogs, with an introduction, two "
    "arguments "
    "and a conclusion, in plain words that a child of ten understands.",
    "You are a careful teacher. Write a short essay of three paragraphs about winter storms at sea, with an "
    "introduction, two arguments and a conclusion, in plain words that a child of ten understands.",
    "You are a careful teacher. Write a short essay of three paragraphs about zyzzogeton beetles, with an "
    "introduction, "
    "two arguments and a conclusion, in plain words that a child of twelve understands."};
const std::vector<std::string> kOthers = {
    "Translate the following paragraph into German and keep the tone of the original as far as you can.",
    "Here is a stack trace of my program. Find the line at fault, say why it fails and propose a fix with a test.",
    "Summarise the minutes of the meeting below as a list of decisions, each with a person and a date."};

std::string log_of_prompts() {
  std::string text;
  int account = 0;
  for (const auto* prompts : {&kEssays, &kOthers}) {
    for (const std::string& prompt : *prompts) text += event(++account, prompt);
  }
  return text;
}

}  // namespace

TEST_CASE("prompts: fillings of one template are one, different prompts are not") {
  Log log(log_of_prompts());
  const Prompts prompts = load_prompts(log.store(), {});
  std::set<KeyHash> essays, others;
  for (const std::string& text : kEssays) essays.insert(prompts.leader_of(prompt_of(text)));
  for (const std::string& text : kOthers) others.insert(prompts.leader_of(prompt_of(text)));
  CHECK(essays.size() == 1);
  CHECK(others.size() == kOthers.size());
  CHECK(!others.contains(*essays.begin()));
  CHECK(prompts.size() == kEssays.size() - 1);

  // An account's own come out the same without the rest of the store.
  std::vector<TemplateCount> mine;
  for (const std::string& text : kEssays) mine.push_back({prompt_of(text), 1});
  mine.push_back({prompt_of(kOthers[1]), 1});
  std::sort(mine.begin(), mine.end());
  load_prompts_among(log.store(), mine).merge(mine);
  CHECK(mine.size() == 2);

  std::vector<TemplateCount> counts = {
      {prompt_of(kEssays[0]), 2}, {prompt_of(kEssays[1]), 3}, {prompt_of(kOthers[0]), 1}};
  prompts.merge(counts);
  REQUIRE(counts.size() == 2);
  CHECK(counts[0].count + counts[1].count == 6);
}

TEST_CASE("prompts: a store without texts has none, and named templates are themselves") {
  Log log(R"({"ts":1767225600,"account":"a","ip":"10.0.0.1","template":"t1"})"
          "\n");
  const Prompts prompts = load_prompts(log.store(), {});
  CHECK(prompts.size() == 0);
  CHECK(prompts.leader_of(hash_value("t1")) == hash_value("t1"));
}

TEST_CASE("prompts: no word of a text is in the store") {
  const Scratch scratch("prompts");
  {
    const auto store = Store::open(scratch.path("db"), {.mode = OpenMode::create});
    IngestProgress progress;
    ingest(*store, std::vector<std::string>{scratch.write("log.jsonl", log_of_prompts())}, {}, progress);
  }
  std::size_t files = 0;
  for (const auto& file : std::filesystem::recursive_directory_iterator(scratch.path("db"))) {
    if (!file.is_regular_file()) continue;
    std::ifstream in(file.path(), std::ios::binary);
    std::stringstream bytes;
    bytes << in.rdbuf();
    ++files;
    for (const char* word : {"zyzzogeton", "paragraph", "minutes"}) CHECK(bytes.str().find(word) == std::string::npos);
  }
  CHECK(files > 0);
}

TEST_CASE("prompts: what is asked often stays in the sample, however much else is asked once, and alike for all") {
  // Ten prompts asked 30 times each, beside 300 of one's own: two such accounts keep most of the ten.
  const auto asked = [](std::uint64_t account) {
    std::vector<TemplateCount> templates;
    for (std::uint64_t t = 0; t < 10; ++t) templates.push_back({mix64(t), 30});
    for (std::uint64_t t = 0; t < 300; ++t) templates.push_back({mix64(1000 * account + t + 10), 1});
    add_up(templates);
    sample_by_use(templates);
    return templates;
  };
  const std::vector<TemplateCount> first = asked(1), second = asked(2);
  CHECK(first.size() == kTemplateSketchSize);
  CHECK(std::ranges::is_sorted(first));
  std::size_t common = 0;
  for (const TemplateCount& entry : first) common += std::ranges::count(second, entry) > 0 ? 1 : 0;
  CHECK(common >= 6);

  // Of a hundred asked equally often two accounts keep the same sixteen; fewer than sixteen stay as they are.
  std::vector<TemplateCount> many, few{{3, 1}, {5, 9}};
  for (std::uint64_t t = 0; t < 100; ++t) many.push_back({mix64(t), 2});
  std::ranges::sort(many);
  std::vector<TemplateCount> others = many;
  for (TemplateCount& entry : others) entry.count = 5;
  sample_by_use(many);
  sample_by_use(others);
  REQUIRE(many.size() == others.size());
  for (std::size_t i = 0; i < many.size(); ++i) CHECK(many[i].template_hash == others[i].template_hash);
  std::vector<TemplateCount> sixty = many;
  for (std::uint64_t t = 100; t < 200; ++t) sixty.push_back({mix64(t), 1});
  std::ranges::sort(sixty);
  sample_by_use(sixty, 60);
  CHECK(sixty.size() == 60);
  const std::vector<TemplateCount> before = few;
  sample_by_use(few);
  CHECK(few == before);
}
