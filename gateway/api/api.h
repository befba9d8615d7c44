// HTTP as the world sees it: one table of routes (routes.cpp), one file per resource. Chat and webhook paths are handed to their
// channels, pages come from web/assets.h. Access is decided in one place, before a route's function runs: staff routes need a
// session, state-changing staff routes also the X-Usher-Request header and no foreign Origin.
#pragma once
#include <atomic>
#include <filesystem>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "base/async/offload.h"
#include "base/net/http_server.h"
#include "base/sql/database.h"
#include "connectors/email/imap_source.h"
#include "connectors/email/settings.h"
#include "connectors/ticket_system.h"
#include "connectors/webchat/webchat_channel.h"
#include "connectors/webhook/webhook_channel.h"
#include "gateway/flow/channels.h"
#include "gateway/flow/content.h"
#include "gateway/flow/curation.h"
#include "gateway/flow/feedback.h"
#include "gateway/flow/intake.h"
#include "gateway/flow/outbox.h"
#include "gateway/store/people.h"

namespace usher::gateway::api {

// What the routes work with; made by the wiring, outlives the server. Pointers may be null where a channel is switched off.
struct Parts {
  sql::Database* database = nullptr;
  const Clock* clock = nullptr;
  const flow::CurrentContent* content = nullptr;
  flow::Curation* curation = nullptr;
  flow::Feedback* feedback = nullptr;
  const connectors::email::EmailSettings* email = nullptr;
  flow::Intake* release = nullptr;                                           // lets held mails in
  std::function<std::vector<connectors::email::MailboxHealth>()> mailboxes;  // null: none
  const flow::Channels* channels = nullptr;
  const flow::Intake* intake = nullptr;
  const flow::OutboxRunner* outbox = nullptr;
  std::function<void()> kick_outbox;
  connectors::webchat::WebchatChannel* webchat = nullptr;
  connectors::webchat::History* history = nullptr;
  std::map<std::string, connectors::webhook::WebhookChannel*> webhooks;
  async::Pool* pool = nullptr;           // password hashing, reading pictures
  std::filesystem::path dialogs_folder;  // its pictures/ are served; empty: none
  std::filesystem::path kb_folder;       // its pictures/ are served to the help centre; regression.tsv is for lint
  std::string ticket_system;
  std::string company;
  std::vector<std::string> metrics_from;
  std::string public_url;  // how the world reaches this server; empty: as each request says
  bool demo_page = true;
  bool help_centre = true;
  bool is_https = false;  // cookies get Secure
};

using PathParams = std::vector<std::string>;  // values of :name parts, in order

class Pictures;
class HelpCache;

struct Call {
  const Parts* parts = nullptr;
  Pictures* pictures = nullptr;
  net::HttpRequest request;
  PathParams params;
  std::optional<store::User> user;  // staff routes only
  Pictures* help_pictures = nullptr;
  HelpCache* help_cache = nullptr;
};

class Api final : public net::HttpHandler {
 public:
  explicit Api(Parts parts);
  ~Api() override;

  boost::asio::awaitable<net::HttpResponse> handle(net::HttpRequest request) override;
  std::size_t body_limit(std::string_view method, std::string_view path) const override;
  std::optional<net::HttpResponse> refuse_upgrade(const net::HttpRequest& request) override;
  boost::asio::awaitable<void> websocket(std::shared_ptr<net::WebSocket> socket, std::string target) override;

 private:
  Parts parts_;
  std::unique_ptr<Pictures> pictures_, help_pictures_;
  std::unique_ptr<HelpCache> help_cache_;
};

// {"error":{"code","message"}} with the status that fits the error.
net::HttpResponse problem(int status, std::string_view code, std::string_view message);
net::HttpResponse problem(const Error& error);

// The resources. Each takes the call by value and answers it.
boost::asio::awaitable<net::HttpResponse> login(Call call);
boost::asio::awaitable<net::HttpResponse> logout(Call call);
boost::asio::awaitable<net::HttpResponse> me(Call call);
boost::asio::awaitable<net::HttpResponse> list_tickets(Call call);
boost::asio::awaitable<net::HttpResponse> list_conversations(Call call);
boost::asio::awaitable<net::HttpResponse> show_conversation(Call call);
boost::asio::awaitable<net::HttpResponse> list_outbox(Call call);
boost::asio::awaitable<net::HttpResponse> redrive_one(Call call);
boost::asio::awaitable<net::HttpResponse> tell_cause(Call call);
boost::asio::awaitable<net::HttpResponse> redrive_all(Call call);
boost::asio::awaitable<net::HttpResponse> overview(Call call);
boost::asio::awaitable<net::HttpResponse> healthz(Call call);
boost::asio::awaitable<net::HttpResponse> readyz(Call call);
boost::asio::awaitable<net::HttpResponse> show_metrics(Call call);
boost::asio::awaitable<net::HttpResponse> page(Call call);
boost::asio::awaitable<net::HttpResponse> plain_chat(Call call);
boost::asio::awaitable<net::HttpResponse> plain_chat_post(Call call);
boost::asio::awaitable<net::HttpResponse> chat(Call call);
boost::asio::awaitable<net::HttpResponse> picture(Call call);
boost::asio::awaitable<net::HttpResponse> webhook(Call call);

// articles.cpp, articles_history.cpp, articles_files.cpp, kb_search.cpp: the knowledge base as staff see it
// (docs/knowledge-base.md)
boost::asio::awaitable<net::HttpResponse> list_articles(Call call);
boost::asio::awaitable<net::HttpResponse> show_article(Call call);
boost::asio::awaitable<net::HttpResponse> put_article(Call call);
boost::asio::awaitable<net::HttpResponse> set_article_state(Call call);
boost::asio::awaitable<net::HttpResponse> review_article(Call call);
boost::asio::awaitable<net::HttpResponse> preview_article(Call call);
boost::asio::awaitable<net::HttpResponse> list_article_revisions(Call call);
boost::asio::awaitable<net::HttpResponse> show_article_revision(Call call);
boost::asio::awaitable<net::HttpResponse> diff_article(Call call);
boost::asio::awaitable<net::HttpResponse> import_articles(Call call);
boost::asio::awaitable<net::HttpResponse> export_articles(Call call);
boost::asio::awaitable<net::HttpResponse> list_article_files(Call call);
boost::asio::awaitable<net::HttpResponse> add_article_file(Call call);
boost::asio::awaitable<net::HttpResponse> show_article_file(Call call);
boost::asio::awaitable<net::HttpResponse> search_articles(Call call);
boost::asio::awaitable<net::HttpResponse> suggest_articles(Call call);

// help*.cpp: the public help centre (docs/help-centre.md); gaps.cpp: what is looked for and not found
boost::asio::awaitable<net::HttpResponse> help_home(Call call);
boost::asio::awaitable<net::HttpResponse> help_index(Call call);
boost::asio::awaitable<net::HttpResponse> help_search(Call call);
boost::asio::awaitable<net::HttpResponse> help_article(Call call);
boost::asio::awaitable<net::HttpResponse> help_feedback(Call call);
boost::asio::awaitable<net::HttpResponse> help_picture(Call call);
boost::asio::awaitable<net::HttpResponse> help_sitemap(Call call);
boost::asio::awaitable<net::HttpResponse> help_nowhere(Call call);
boost::asio::awaitable<net::HttpResponse> robots_txt(Call call);
boost::asio::awaitable<net::HttpResponse> list_gaps(Call call);
boost::asio::awaitable<net::HttpResponse> decide_gap(Call call);
boost::asio::awaitable<net::HttpResponse> lint_articles(Call call);
boost::asio::awaitable<net::HttpResponse> show_feedback(Call call);

// The signed-in user of a request, by its session cookie; nullopt when there is none.
boost::asio::awaitable<Result<std::optional<store::User>>> session_user(const Parts* parts, std::string cookie);

}  // namespace usher::gateway::api
