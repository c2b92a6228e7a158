#include <chrono>
#include <deque>
#include <optional>
#include <type_traits>

#include <boost/asio/bind_executor.hpp>
#include <boost/asio/dispatch.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/write.hpp>
#include <boost/beast/core.hpp>
#include <boost/beast/http.hpp>
#include <boost/beast/ssl.hpp>

#include "server/api_error.h"
#include "server/body_pipe.h"
#include "server/connection_internal.h"
#include "server/headers_internal.h"

namespace ringscope::server {
namespace {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace http = boost::beast::http;
using Error_code = beast::error_code;
using Plain = beast::tcp_stream;
using Tls = beast::ssl_stream<beast::tcp_stream>;

constexpr std::size_t kMostFrames = 64;  // of events that wait for a slow reader

template <class Stream>
class Connection final : public AnyConnection, public std::enable_shared_from_this<Connection<Stream>> {
 public:
  Connection(Stream stream, ConnectionContext& context)
      : stream_(std::move(stream)), context_(context), timer_(stream_.get_executor()), buffer_(kBuffer) {
    Error_code ignored;
    const auto peer = lowest().socket().remote_endpoint(ignored);
    peer_ = peer.address().to_string();
    lowest().socket().set_option(asio::ip::tcp::no_delay(true), ignored);
    context_.connections.add(*this, place_);
  }
  ~Connection() override {
    if (subscription_ != 0) {
      context_.app.hub().unsubscribe(subscription_);
      --context_.connections.streams;
    }
    context_.connections.remove(place_);
    context_.on_close();
  }
  Connection(const Connection&) = delete;
  Connection& operator=(const Connection&) = delete;

  void start() override {
    if constexpr (std::is_same_v<Stream, Tls>) {
      lowest().expires_after(context_.limits.header);
      stream_.async_handshake(asio::ssl::stream_base::server, [self = this->shared_from_this()](Error_code error) {
        if (!error) self->read_header(self->context_.limits.header);
      });
    } else {
      read_header(context_.limits.header);
    }
  }
  void close() override { lowest().close(); }
  void finish() override {
    if (!busy_ || subscription_ != 0) close();
  }

 private:
  static constexpr std::size_t kBuffer = std::size_t{64} << 10;
  using Parser = http::request_parser<http::string_body>;
  using Header = http::response<http::empty_body>;

  auto& lowest() { return beast::get_lowest_layer(stream_); }

  // -- reading

  void read_header(std::chrono::milliseconds patience) {
    busy_ = false;
    context_.connections.set_waiting(place_);
    parser_.emplace();
    parser_->header_limit(static_cast<std::uint32_t>(context_.limits.header_bytes));
    parser_->body_limit(UINT64_MAX);  // set by the route; none at all is taken for 0 by Beast of Boost 1.74
    lowest().expires_after(patience);
    http::async_read_header(
        stream_, buffer_, *parser_,
        [self = this->shared_from_this()](Error_code error, std::size_t) { self->on_header(error); });
  }

  void on_header(Error_code error) {
    if (error == http::error::end_of_stream) return shut();
    if (error == beast::error::timeout || context_.ending) return close();
    busy_ = true;
    context_.connections.set_busy(place_);
    if (error == http::error::header_limit || error == http::error::buffer_overflow)
      return refuse(ApiError(431, "header", "the headers have more than 8 KiB"));
    if (error && error.category() == http::make_error_code(http::error::bad_method).category())
      return refuse(ApiError(400, "http", "this is no request of HTTP: " + error.message()));
    if (error) return close();
    keep_alive_ = parser_->get().keep_alive();
    head_only_ = parser_->get().method() == http::verb::head;
    chunks_ = parser_->get().version() >= 11;
    admission_ = context_.app.admit(head_of(parser_->get(), peer_, context_.secure));
    admit_body();
  }

  void admit_body() {
    const auto length = parser_->content_length();
    const bool has_body = parser_->chunked() || (length && *length > 0);
    if (admission_.answer) {
      if (has_body) keep_alive_ = false;  // what was refused is not read
      return send(std::move(*admission_.answer));
    }
    if (length && *length > admission_.most_body) return refuse_body();
    if (!has_body) return dispatch();
    parser_->body_limit(admission_.most_body);
    if (parser_->get()[http::field::expect] == "100-continue") return send_continue();
    read_body();
  }

  void refuse_body() {
    keep_alive_ = false;
    send(ApiError(413, "body", "the body has more than " + std::to_string(admission_.most_body) + " bytes").answer());
  }

  void send_continue() {
    static constexpr std::string_view kGoOn = "HTTP/1.1 100 Continue\r\n\r\n";
    lowest().expires_after(context_.limits.write);
    asio::async_write(stream_, asio::buffer(kGoOn.data(), kGoOn.size()),
                      [self = this->shared_from_this()](Error_code error, std::size_t) {
                        if (!error) self->read_body();
                      });
  }

  void read_body() {
    lowest().expires_after(context_.limits.body);
    http::async_read(stream_, buffer_, *parser_, [self = this->shared_from_this()](Error_code error, std::size_t) {
      if (error == http::error::body_limit) return self->refuse_body();
      if (error && error != beast::error::timeout &&
          error.category() == http::make_error_code(http::error::bad_method).category())
        return self->refuse(ApiError(400, "http", "the body is no body of HTTP: " + error.message()));
      if (error) return self->close();
      self->dispatch();
    });
  }

  void dispatch() {
    lowest().expires_never();
    std::string body = std::move(parser_->get().body());
    context_.app.answer(admission_, std::move(body), [self = this->shared_from_this()](Answer answer) {
      const auto executor = self->stream_.get_executor();
      asio::post(executor, [self, answer = std::move(answer)]() mutable { self->send(std::move(answer)); });
    });
  }

  void refuse(const ApiError& error) {
    keep_alive_ = false;
    admission_ = {};
    admission_.begin = std::chrono::steady_clock::now();
    admission_.route = "none";
    send(error.answer());
  }

  // -- writing

  void send(Answer answer) {
    answer_ = std::move(answer);
    if (answer_.events && context_.connections.streams >= context_.limits.streams)
      answer_ = ApiError(503, "streams", "there are too many open streams", {}, 10).answer();
    context_.app.count(admission_, answer_.status);
    if (context_.ending) keep_alive_ = false;
    const bool endless = answer_.events || answer_.pipe;
    if (endless && !chunks_) keep_alive_ = false;
    header_.emplace(static_cast<http::status>(answer_.status), chunks_ ? 11 : 10);
    put_standing_headers(*header_, context_.secure);
    for (const auto& [name, value] : answer_.headers) header_->set(name, value);
    if (answer_.status != 304) header_->set(http::field::content_type, answer_.content_type);
    header_->keep_alive(keep_alive_);
    if (endless && chunks_) header_->chunked(true);
    if (!endless && answer_.status != 304) header_->content_length(answer_.body ? answer_.body->size() : 0);
    serializer_.emplace(*header_);
    lowest().expires_after(context_.limits.write);
    http::async_write_header(stream_, *serializer_, [self = this->shared_from_this()](Error_code error, std::size_t) {
      if (error) return self->close();
      self->send_body();
    });
  }

  void send_body() {
    if (head_only_) return sent();
    if (answer_.events) return open_events();
    if (answer_.pipe) return open_pieces();
    if (!answer_.body || answer_.body->empty()) return sent();
    write_rest(0);
  }

  // In pieces, so that the deadline is on a piece: a large answer over a slow line is no idle client.
  void write_rest(std::size_t from) {
    constexpr std::size_t kPiece = std::size_t{256} << 10;
    const std::size_t size = std::min(kPiece, answer_.body->size() - from);
    lowest().expires_after(context_.limits.write);
    asio::async_write(stream_, asio::buffer(answer_.body->data() + from, size),
                      [self = this->shared_from_this(), next = from + size](Error_code error, std::size_t) {
                        if (error) return self->close();
                        if (next < self->answer_.body->size()) return self->write_rest(next);
                        self->sent();
                      });
  }

  void sent() {
    answer_ = {};
    admission_ = {};
    if (!keep_alive_ || context_.ending) return shut();
    read_header(context_.limits.idle);
  }

  // Says that nothing more comes, and reads what is left for a moment, so that the last answer is not lost.
  void shut() {
    Error_code ignored;
    lowest().expires_after(std::chrono::seconds(2));
    if constexpr (std::is_same_v<Stream, Tls>) {
      stream_.async_shutdown([self = this->shared_from_this()](Error_code) { self->close(); });
    } else {
      lowest().socket().shutdown(asio::ip::tcp::socket::shutdown_send, ignored);
      drain(0);
    }
  }

  void drain(std::size_t drained) {
    constexpr std::size_t kMost = std::size_t{1} << 20;
    if (drained > kMost) return close();
    buffer_.clear();
    stream_.async_read_some(buffer_.prepare(std::size_t{4} << 10),
                            [self = this->shared_from_this(), drained](Error_code error, std::size_t got) {
                              if (error) return self->close();
                              self->drain(drained + got);
                            });
  }

  // -- bodies that are made while they are sent

  void open_pieces() {
    pipe_ = std::move(answer_.pipe);
    lowest().expires_never();
    // The maker has no hold of the connection; a client that leaves is noticed by the next piece.
    keep_self_ = this->shared_from_this();
    const auto executor = stream_.get_executor();
    pipe_->listen([weak = this->weak_from_this(), executor] {
      asio::post(executor, [weak] {
        if (const auto self = weak.lock()) self->write_pieces();
      });
    });
  }

  void write_pieces() {
    if (writing_ || !pipe_) return;
    auto piece = pipe_->take();
    if (!piece) {
      if (pipe_->is_finished()) end_pieces();
      return;
    }
    out_ = std::move(*piece);
    write_out([](Connection& self) { self.write_pieces(); });
  }

  void end_pieces() {
    const bool complete = pipe_->is_complete();
    pipe_.reset();
    const auto self = std::exchange(keep_self_, nullptr);
    if (!complete) return close();  // without the last chunk, so that nobody takes it for all
    if (!chunks_) return sent();
    static constexpr std::string_view kLast = "0\r\n\r\n";
    lowest().expires_after(context_.limits.write);
    asio::async_write(stream_, asio::buffer(kLast.data(), kLast.size()),
                      [self](Error_code error, std::size_t) { error ? self->close() : self->sent(); });
  }

  // Writes out_, as a chunk where the client knows chunks.
  void write_out(void (*next)(Connection& self)) {
    writing_ = true;
    lowest().expires_after(context_.limits.write);
    const auto written = [self = this->shared_from_this(), next](Error_code error, std::size_t) {
      self->writing_ = false;
      if (error) return self->leave();
      next(*self);
    };
    if (chunks_) {
      asio::async_write(stream_, http::make_chunk(asio::buffer(out_)), written);
    } else {
      asio::async_write(stream_, asio::buffer(out_), written);
    }
  }

  void leave() {
    pipe_.reset();
    keep_self_.reset();
    close();
  }

  // -- events

  void open_events() {
    ++context_.connections.streams;
    const auto executor = stream_.get_executor();
    std::weak_ptr<Connection> weak = this->weak_from_this();
    keep_self_ = this->shared_from_this();
    lowest().expires_never();
    frames_.push_back(std::make_shared<const std::string>("retry: 3000\n\n"));
    subscription_ = context_.app.hub().subscribe([weak, executor](Hub::Frame frame) {
      asio::post(executor, [weak, frame = std::move(frame)] {
        if (const auto self = weak.lock()) self->take_frame(frame);
      });
    });
    watch_for_end();
    beat();
    write_frames();
  }

  void take_frame(const Hub::Frame& frame) {
    if (frames_.size() >= kMostFrames) return leave();  // it comes again, and is told where things stand
    frames_.push_back(frame);
    write_frames();
  }

  void write_frames() {
    if (writing_ || frames_.empty() || !keep_self_) return;
    out_ = *frames_.front();
    frames_.pop_front();
    write_out([](Connection& self) {
      self.lowest().expires_never();
      self.write_frames();
    });
  }

  void beat() {
    timer_.expires_after(context_.limits.heartbeat);
    std::weak_ptr<Connection> weak = this->weak_from_this();
    timer_.async_wait([weak](Error_code error) {
      const auto self = weak.lock();
      if (error || !self || !self->keep_self_) return;
      self->take_frame(std::make_shared<const std::string>(": \n\n"));
      self->beat();
    });
  }

  // A reader of events sends nothing more: whatever comes, it is the end.
  void watch_for_end() {
    stream_.async_read_some(asio::buffer(&unread_, 1), [weak = this->weak_from_this()](Error_code, std::size_t) {
      if (const auto self = weak.lock()) self->leave();
    });
  }

  Stream stream_;
  ConnectionContext& context_;
  asio::steady_timer timer_;
  beast::flat_buffer buffer_;
  std::optional<Parser> parser_;
  std::optional<Header> header_;
  std::optional<http::response_serializer<http::empty_body>> serializer_;
  Connections::Place place_;
  std::string peer_;
  App::Admission admission_;
  Answer answer_;
  bool busy_ = false, keep_alive_ = false, head_only_ = false, chunks_ = true, writing_ = false;
  std::shared_ptr<BodyPipe> pipe_;
  std::shared_ptr<Connection> keep_self_;  // while nothing of its own is pending
  std::string out_;
  std::deque<Hub::Frame> frames_;
  std::uint64_t subscription_ = 0;
  char unread_ = 0;
};

// Whoever lets go of it last, a worker too, it ends on the thread of the sockets.
template <class Stream>
std::shared_ptr<AnyConnection> ending_there(Stream stream, ConnectionContext& context) {
  const auto executor = stream.get_executor();
  return std::shared_ptr<Connection<Stream>>(
      std::make_unique<Connection<Stream>>(std::move(stream), context).release(), [executor](Connection<Stream>* last) {
        asio::dispatch(executor, [own = std::unique_ptr<Connection<Stream>>(last)] {});
      });
}

}  // namespace

std::shared_ptr<AnyConnection> make_connection(asio::ip::tcp::socket socket, asio::ssl::context* tls,
                                               ConnectionContext& context) {
  if (tls != nullptr) return ending_there(Tls(Plain(std::move(socket)), *tls), context);
  return ending_there(Plain(std::move(socket)), context);
}

}  // namespace ringscope::server
