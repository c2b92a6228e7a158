#include "engine/detect/ring/evidence_text.h"

#include "engine/detect/ring/plain_text.h"

namespace ringscope {
namespace {

void append_time(std::string& out, Seconds time) { out += time == kNoTime ? "null" : std::to_string(time); }

void append_one(std::string& out, const Evidence& one) {
  out += "{\"kind\":";
  append_json_text(out, one.kind);
  out += ",\"value\":";
  append_json_text(out, one.value);
  out += ",\"accounts\":";
  out += std::to_string(one.accounts);
  out += ",\"population\":";
  out += std::to_string(one.population);
  out += ",\"bits\":";
  append_json_number(out, one.bits);
  out += ",\"first\":";
  append_time(out, one.first);
  out += ",\"last\":";
  append_time(out, one.last);
  out += ",\"crowd\":";
  if (one.crowd.empty()) {
    out += "null";
  } else {
    out += "{\"class\":";
    append_json_text(out, one.crowd);
    out += ",\"probability\":";
    append_json_number(out, one.crowd_probability);
    out += '}';
  }
  if (one.cleared > 0) {
    out += ",\"cleared\":";
    out += std::to_string(one.cleared);
  }
  out += '}';
}

bool read_time(PlainReader& in, Seconds& time) { return in.skip("null") || in.number(time); }

bool read_crowd(PlainReader& in, Evidence& one) {
  if (in.skip("null")) return true;
  return in.skip("{\"class\":") && in.text(one.crowd) && in.skip(",\"probability\":") &&
         in.number(one.crowd_probability) && in.skip("}");
}

bool read_one(PlainReader& in, Evidence& one) {
  return in.skip("{\"kind\":") && in.text(one.kind) && in.skip(",\"value\":") && in.text(one.value) &&
         in.skip(",\"accounts\":") && in.number(one.accounts) && in.skip(",\"population\":") &&
         in.number(one.population) && in.skip(",\"bits\":") && in.number(one.bits) && in.skip(",\"first\":") &&
         read_time(in, one.first) && in.skip(",\"last\":") && read_time(in, one.last) && in.skip(",\"crowd\":") &&
         read_crowd(in, one) && (!in.skip(",\"cleared\":") || in.number(one.cleared)) && in.skip("}");
}

}  // namespace

void append_evidence(std::string& out, const std::vector<Evidence>& evidence) {
  out += '[';
  for (std::size_t i = 0; i < evidence.size(); ++i) {
    if (i > 0) out += ',';
    append_one(out, evidence[i]);
  }
  out += ']';
}

std::size_t plain_evidence_from(std::string_view json, std::vector<Evidence>& evidence) {
  PlainReader in(json);
  if (!in.skip("[")) return 0;
  if (!in.skip("]")) {
    do {
      if (!read_one(in, evidence.emplace_back())) return 0;
    } while (in.skip(","));
    if (!in.skip("]")) return 0;
  }
  return json.size() - in.rest().size();
}

}  // namespace ringscope
