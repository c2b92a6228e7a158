#include <boost/asio/buffer.hpp>

#include "server/connection_internal.h"

namespace ringscope::server {

void Connections::add(AnyConnection& connection, Place& place) {
  place = {&waiting_, waiting_.insert(waiting_.end(), &connection)};
}

void Connections::move(Place& place, List& to) {
  to.splice(to.end(), *place.list, place.at);
  place.list = &to;
}

void Connections::remove(Place& place) { place.list->erase(place.at); }

void Connections::finish_all() {
  for (AnyConnection* const one : all()) one->finish();
}

void Connections::close_all() {
  for (AnyConnection* const one : all()) one->close();
}

Connections::List Connections::all() const {
  List list = waiting_;
  list.insert(list.end(), busy_.begin(), busy_.end());
  return list;
}

void refuse_connection(boost::asio::ip::tcp::socket socket) {
  static constexpr std::string_view kFull =
      "HTTP/1.1 503 Service Unavailable\r\nRetry-After: 5\r\nContent-Length: 0\r\nConnection: close\r\n\r\n";
  boost::system::error_code ignored;
  socket.non_blocking(true, ignored);
  (void)socket.write_some(boost::asio::buffer(kFull.data(), kFull.size()), ignored);
  (void)socket.shutdown(boost::asio::ip::tcp::socket::shutdown_both, ignored);
}

}  // namespace ringscope::server
