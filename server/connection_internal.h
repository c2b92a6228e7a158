// One connection, on the thread of the sockets. Shows Beast, hence not for others.
#pragma once

#include <functional>
#include <list>
#include <memory>

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/ssl/context.hpp>

#include "server/app.h"
#include "server/server.h"

namespace ringscope::server {

class AnyConnection {
 public:
  virtual ~AnyConnection() = default;
  virtual void start() = 0;
  // Ends it now.
  virtual void close() = 0;
  // Ends it after what is being answered, or now when nothing is.
  virtual void finish() = 0;
};

// Those that are open: the ones that wait for a request in the order in which they began to, so that the longest
// waiting can make room.
class Connections {
 public:
  using List = std::list<AnyConnection*>;
  struct Place {
    List* list = nullptr;
    List::iterator at;
  };
  void add(AnyConnection& connection, Place& place);  // as waiting
  void set_busy(Place& place) { move(place, busy_); }
  void set_waiting(Place& place) { move(place, waiting_); }
  void remove(Place& place);
  std::size_t size() const { return waiting_.size() + busy_.size(); }
  // The one that has waited longest; null: none waits.
  AnyConnection* longest_waiting() const { return waiting_.empty() ? nullptr : waiting_.front(); }
  void finish_all();
  void close_all();

  std::size_t streams = 0;

 private:
  static void move(Place& place, List& to);
  List all() const;  // a copy: they remove themselves
  List waiting_, busy_;
};

struct ConnectionContext {
  App& app;
  const Limits& limits;
  Connections& connections;
  bool secure = false;
  bool ending = false;             // no further requests
  std::function<void()> on_close;  // after each
};

// `tls` null: plain.
std::shared_ptr<AnyConnection> make_connection(boost::asio::ip::tcp::socket socket, boost::asio::ssl::context* tls,
                                               ConnectionContext& context);
// Says that there is no room, and closes.
void refuse_connection(boost::asio::ip::tcp::socket socket);

}  // namespace ringscope::server
