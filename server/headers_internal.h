// Headers of requests and answers as Beast has them. Shows Beast, hence not for others.
#pragma once

#include <string>

#include <boost/beast/http/fields.hpp>
#include <boost/beast/http/message.hpp>

#include "server/http.h"

namespace ringscope::server {

// What the routes and the gate look at.
Head head_of(const boost::beast::http::request_header<>& fields, const std::string& peer, bool secure);
// What every answer says: what pages may load, that nobody may frame them, that types are not guessed, that addresses
// are told to nobody.
void put_standing_headers(boost::beast::http::fields& fields, bool secure);

}  // namespace ringscope::server
