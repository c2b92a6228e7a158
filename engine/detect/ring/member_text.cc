#include "engine/detect/ring/member_text.h"

#include "engine/detect/ring/plain_text.h"

namespace ringscope {
namespace {

// "a","b"] and what closes it
bool read_texts(PlainReader& in, std::vector<std::string>& texts) {
  std::size_t read = 0;
  if (!in.skip("]")) {
    do {
      if (read == texts.size()) texts.emplace_back();
      if (!in.text(texts[read++])) return false;
    } while (in.skip(","));
    if (!in.skip("]")) return false;
  }
  texts.resize(read);
  return true;
}

bool read_tier(PlainReader& in, Tier& tier) {
  for (const Tier one : {Tier::ban, Tier::review, Tier::watch}) {
    if (!in.skip(to_string(one))) continue;
    tier = one;
    return true;
  }
  return false;
}

bool read_extraction(PlainReader& in, std::optional<double>& extraction) {
  extraction.reset();
  return in.skip("null") || in.number(extraction.emplace());
}

}  // namespace

bool append_plain_member(std::string& out, const Member& member) {
  if (member.replaces || member.verdict || member.engine || member.seeded) return false;
  out += "{\"account\":";
  append_json_text(out, member.name);
  out += ",\"membership\":";
  append_json_number(out, member.membership);
  out += ",\"score\":";
  append_json_number(out, member.score);
  out += ",\"tier\":\"";
  out += to_string(member.tier);
  out += "\",\"reasons\":[";
  for (std::size_t i = 0; i < member.reasons.size(); ++i) {
    if (i > 0) out += ',';
    append_json_text(out, member.reasons[i]);
  }
  out += "],\"campaign\":";
  append_json_text(out, member.campaign);
  out += ",\"likeness\":";
  out += std::to_string(member.likeness);
  out += ",\"extraction\":";
  if (member.extraction) {
    append_json_number(out, *member.extraction);
  } else {
    out += "null";
  }
  out += ",\"replaces\":null,\"verdict\":null,\"engine\":null}";
  return true;
}

bool read_plain_member(std::string_view json, Member& member) {
  PlainReader in(json);
  const bool plain = in.skip("{\"account\":") && in.text(member.name) && in.skip(",\"membership\":") &&
                     in.number(member.membership) && in.skip(",\"score\":") && in.number(member.score) &&
                     in.skip(",\"tier\":\"") && read_tier(in, member.tier) && in.skip("\",\"reasons\":[") &&
                     read_texts(in, member.reasons) && in.skip(",\"campaign\":") && in.text(member.campaign) &&
                     in.skip(",\"likeness\":") && in.number(member.likeness) && in.skip(",\"extraction\":") &&
                     read_extraction(in, member.extraction) &&
                     in.skip(",\"replaces\":null,\"verdict\":null,\"engine\":null}") && in.rest().empty();
  if (!plain) return false;
  member.account = hash_value(member.name);
  member.verdict.reset();
  member.engine.reset();
  member.replaces.reset();
  member.seeded = false;
  return true;
}

}  // namespace ringscope
