// Stored mail as staff see it: the quarantine, why each was decided as it was, its source (docs/formats.md, "Stored mail").
#pragma once
#include "gateway/api/api.h"

namespace usher::gateway::api {

boost::asio::awaitable<net::HttpResponse> list_mail(Call call);
boost::asio::awaitable<net::HttpResponse> show_mail(Call call);
boost::asio::awaitable<net::HttpResponse> mail_source(Call call);
boost::asio::awaitable<net::HttpResponse> release_mail(Call call);
boost::asio::awaitable<net::HttpResponse> delete_mail(Call call);

}  // namespace usher::gateway::api
