#include "server/app.h"

#include <algorithm>
#include <ctime>
#include <utility>

#include <fmt/format.h>

#include "base/error.h"
#include "server/api_error.h"
#include "server/body_pipe.h"
#include "server/login.h"
#include "server/openapi.h"
#include "server/secrets.h"

namespace ringscope::server {
namespace {

using Clock = std::chrono::steady_clock;

constexpr std::size_t kHeavyThreads = 1, kHeavyWaiting = 4;
constexpr std::size_t kWritersWaiting = 32;
constexpr unsigned kSoon = 1;  // seconds

Seconds wall_clock() { return std::time(nullptr); }

// What a request of values was about, without a value in it.
std::vector<std::string> subjects_of(const Route& route, const Arguments& arguments) {
  std::vector<std::string> subjects;
  for (const Parameter& row : route.parameters) {
    if (!arguments.has(row.name)) continue;
    const std::string value = arguments.text(row.name);
    const bool pair = row.name == "a" || row.name == "b";
    const std::string key = fmt::format("{:016x}", hash_value(value));
    if (row.name == "ring" || (pair && value.starts_with("R-"))) {
      subjects.push_back("ring " + value);
    } else if (row.name == "account" || pair) {
      subjects.push_back("account " + key);
    } else if (row.name == "q") {
      subjects.push_back("search " + key);
    }
  }
  return subjects;
}

// What the audit has to know of. A sharer sees the values that others may be told.
bool shows_values(const Route& route, const Principal& principal) {
  return route.raw && (!principal.masked() || route.needs == Permission::share);
}

// As a header's list names it: weak or strong does not matter for a GET.
bool is_named_by(const std::string& if_none_match, const std::string& etag) {
  return if_none_match == "*" || if_none_match.find(etag) != std::string::npos;
}

Answer to_answer(const std::function<Answer()>& work) {
  try {
    return work();
  } catch (const ApiError& error) {
    return error.answer();
  } catch (const Error& error) {
    return api_error(error).answer();
  } catch (const std::bad_alloc&) {
    return ApiError(503, "memory", "there is not enough memory for this answer", {}, kSoon).answer();
  } catch (const std::exception& error) {
    return ApiError(500, "internal", fmt::format("a defect of ringscope: {}", error.what())).answer();
  }
}

std::string media_of(const std::string& content_type) {
  std::string media = content_type.substr(0, content_type.find(';'));
  while (!media.empty() && media.back() == ' ') media.pop_back();
  return media;
}

void check_body(const Route& route, const Head& head) {
  if (route.body.media.empty() || media_of(head.content_type) == route.body.media) return;
  throw ApiError(415, "media", fmt::format("the body's Content-Type is {}", route.body.media));
}

}  // namespace

App::App(AppOptions options)
    : options_(std::move(options)),
      tokens_(options_.store),
      sessions_(SessionOptions{}),
      gate_(options_.gate, tokens_, sessions_),
      pages_(options_.pages),
      audit_(options_.store),
      mask_(random_word()),
      cache_(options_.cache_bytes),
      views_(options_.open_read, options_.store, hub_),
      writer_(options_.open_write, [this] { views_.refresh(); }),
      lists_(options_.config.facets, options_.config.detect.asn_table),
      services_{.settings = {.version = options_.version,
                             .two_persons_above = options_.config.verdicts.two_persons_above,
                             .memory_bytes = options_.config.memory_bytes,
                             .read_only = !options_.open_write,
                             .has_asn_table = !options_.config.detect.asn_table.empty(),
                             .sharing = options_.config.guards.sharing == "on",
                             .store = options_.store},
                .views = views_,
                .writer = writer_,
                .tokens = tokens_,
                .sessions = sessions_,
                .hub = hub_,
                .metrics = metrics_,
                .open_store = options_.open_read,
                .open_snapshot = options_.open_snapshot,
                .lists = &lists_,
                .config = &options_.config},
      openapi_(openapi_document(options_.version)),
      readers_(std::make_unique<Pool>(options_.threads, options_.most_waiting)),
      heavy_(std::make_unique<Pool>(kHeavyThreads, kHeavyWaiting)),
      writers_(std::make_unique<Pool>(1, kWritersWaiting)) {}

App::~App() = default;

std::string App::login_word(const std::string& name, Role role) {
  return sessions_.one_time_word(name, role, wall_clock());
}

App::Admission App::admit(Head head) noexcept {
  Admission admission;
  admission.begin = Clock::now();
  admission.route = "none";
  admission.head = std::move(head);
  const auto admitted = [&]() -> Answer {
    gate_.check_origin(admission.head);
    const Target target = parse_target(admission.head.target);
    if (target.segments.empty() || target.segments.front() != "api") {
      admission.route = "outside";
      if (target.path == "/login" && admission.head.method == Method::post) {
        admission.route = "login";
        admission.most_body = 4096;
        return {};
      }
      return outside_api(admission.head, target);
    }
    Match match = match_route(admission.head.method, target.segments);
    admission.route = match.route->name;
    admission.principal = gate_.identify(admission.head, wall_clock());
    if (!admission.principal.may(match.route->needs))
      throw ApiError(403, "role", fmt::format("the role {} may not do this", to_string(admission.principal.role)),
                     to_string(match.route->needs));
    check_body(*match.route, admission.head);
    admission.arguments = check_arguments(match.route->parameters, match.values, target.parameters);
    if (match.route->cost == Cost::writes && services_.settings.read_only)
      throw ApiError(409, "refused", "this is a snapshot, which is never written to");
    admission.most_body = match.route->body.most_bytes;
    admission.to = match.route;
    return {};
  };
  Answer answer = to_answer(admitted);
  const bool more = admission.to != nullptr || admission.route == "login";
  if (!more || answer.status != 200) {
    admission.to = nullptr;
    admission.answer = std::move(answer);
  }
  return admission;
}

Answer App::outside_api(const Head& head, const Target& target) {
  if (head.method != Method::get && head.method != Method::head)
    throw ApiError(405, "method", "this is not asked by this method", "GET, HEAD");
  if (target.path == "/healthz")
    return answer_of(200, "text/plain; charset=utf-8", "ok\n").with("Cache-Control", "no-store");
  if (target.path == "/openapi.json") return json_answer(openapi_).with("Cache-Control", "no-cache");
  if (target.path == "/metrics") return metrics_answer(head);
  if (target.path == "/login") {
    for (const auto& [name, value] : target.parameters) {
      if (name == "token") return log_in(head, value);
    }
    return login_page(200);
  }
  return pages_.find(head, target.path);
}

Answer App::log_in(const Head&, std::string_view word) {
  const Seconds now = wall_clock();
  if (const auto cookie = sessions_.begin_by_word(word, now)) return logged_in(*cookie);
  if (const auto token = tokens_.find(word, now)) return logged_in(sessions_.begin_by_token(*token, now));
  return login_page(401);
}

Answer App::logged_in(const std::string& cookie) {
  Answer answer = answer_of(303, "text/plain; charset=utf-8", "\n");
  answer.with("Location", "/").with("Cache-Control", "no-store");
  return answer.with("Set-Cookie", gate_.cookie_header(cookie, SessionOptions{}.lifetime));
}

Answer App::metrics_answer(const Head& head) {
  (void)gate_.identify(head, wall_clock());
  const auto view = views_.current();
  const Gauges gauges{.connections = connections_,
                      .streams = hub_.size(),
                      .sessions = sessions_.size(),
                      .waiting = readers_->waiting() + heavy_->waiting() + writers_->waiting(),
                      .running = readers_->running() + heavy_->running() + writers_->running(),
                      .run = view->run(),
                      .rings = view->rings().lines.size(),
                      .view = view->number(),
                      .writer = views_.writer().writing};
  return answer_of(200, "text/plain; version=0.0.4; charset=utf-8", metrics_.text(gauges))
      .with("Cache-Control", "no-store");
}

void App::answer(Admission admission, std::string body, const std::function<void(Answer)>& done) {
  if (admission.to == nullptr) {
    done(to_answer([&] { return log_in(admission.head, form_value(body, "token")); }));
    return;
  }
  Pool& pool = admission.to->cost == Cost::heavy ? *heavy_ : admission.to->cost == Cost::writes ? *writers_ : *readers_;
  const auto shared = std::make_shared<std::pair<Admission, std::string>>(std::move(admission), std::move(body));
  const bool taken = pool.post([this, shared, done] { make_answer(shared->first, shared->second, done); });
  if (taken) return;
  metrics_.count_shed();
  done(ApiError(503, "overload", "there is too much to do at the moment; try again", {}, kSoon).answer());
}

void App::make_answer(const Admission& admission, const std::string& body, const std::function<void(Answer)>& done) {
  Answer answer = answer_now(admission, body);
  const auto pieces = std::exchange(answer.pieces, nullptr);
  if (!pieces) return done(std::move(answer));
  const auto pipe = std::make_shared<BodyPipe>();
  // Whoever holds the other end may drop it at any time.
  answer.pipe = std::shared_ptr<BodyPipe>(pipe.get(), [pipe](BodyPipe* end) { end->abandon(); });
  done(std::move(answer));
  bool complete = false;
  try {
    pieces([&](std::string_view piece) { pipe->push(piece); });
    complete = true;
  } catch (const Gone&) {
  } catch (const std::exception&) {  // the headers are out: all that is left is to break off
  }
  pipe->finish(complete);
}

void App::stop() {
  views_.stop();
  readers_.reset();
  heavy_.reset();
  writers_.reset();
}

Answer App::answer_now(const Admission& admission, const std::string& body) {
  return to_answer([&]() -> Answer {
    const Route& route = *admission.to;
    const auto view = views_.current();
    if (!route.tagged) {
      Answer answer = made(admission, body, view);
      if (shows_values(route, admission.principal)) audit(admission, *view, answer);
      return answer.with("Cache-Control", "no-store");
    }
    const std::string question = fmt::format("{}?{}{}", route.name, admission.arguments.canonical(),
                                             route.raw && admission.principal.masked() ? "#masked" : "");
    auto kept = cache_.find(view->number(), question);
    metrics_.count_cache(kept.has_value());
    if (!kept) {
      kept = made(admission, body, view);
      kept->with("ETag", fmt::format("\"{:016x}-{:x}\"", hash_value(*kept->body), kept->body->size()));
      kept->with("Cache-Control", "private, no-cache").with("Vary", "Cookie, Authorization");
      cache_.keep(view->number(), question, *kept);
    }
    const std::string etag = std::ranges::find(kept->headers, "ETag", [](const auto& h) { return h.first; })->second;
    if (is_named_by(admission.head.if_none_match, etag)) {
      kept->status = 304;
      kept->body = nullptr;
    }
    if (shows_values(route, admission.principal)) audit(admission, *view, *kept);
    return std::move(*kept);
  });
}

Answer App::made(const Admission& admission, const std::string& body, const std::shared_ptr<const View>& view) {
  const Route& route = *admission.to;
  const auto budget = route.cost == Cost::heavy ? options_.heavy_budget : options_.budget;
  const Call call{admission.head,
                  admission.arguments,
                  admission.principal,
                  body,
                  services_,
                  view,
                  Budget(admission.begin + budget)};
  call.budget.check();  // it may have waited too long for a thread
  Answer answer = route.answer(call);
  if (route.raw && admission.principal.masked() && answer.body)
    answer.body = std::make_shared<const std::string>(mask_.document(*answer.body));
  return answer;
}

void App::audit(const Admission& admission, const View& view, const Answer& answer) {
  std::vector<std::string> subjects = subjects_of(*admission.to, admission.arguments);
  subjects.insert(subjects.end(), answer.subjects.begin(), answer.subjects.end());
  audit_.write({.at = wall_clock(),
                .who = admission.principal.name,
                .role = to_string(admission.principal.role),
                .from = admission.head.peer,
                .what = std::string(admission.to->name),
                .subjects = std::move(subjects),
                .run = view.run(),
                .status = answer.status});
  metrics_.count_audit();
}

void App::count(const Admission& admission, unsigned status) {
  const std::chrono::duration<double> taken = Clock::now() - admission.begin;
  metrics_.count_answer(admission.route, status, taken.count());
}

}  // namespace ringscope::server
