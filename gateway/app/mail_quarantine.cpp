#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <iostream>
#include <nlohmann/json.hpp>

#include "gateway/app/mail.h"
#include "gateway/app/part_settings.h"
#include "gateway/flow/mailroom.h"

namespace usher::gateway::app {
namespace {

namespace email = connectors::email;
using nlohmann::json;

json held_json(const store::StoredMail& m) {
  const auto head = email::parse_mail(m.raw);
  return {{"id", m.id},
          {"received_at", to_rfc3339(m.received_at)},
          {"state", m.held->state == "held" ? "quarantined" : m.held->state},
          {"cause", m.held->cause},
          {"evidence", m.held->evidence},
          {"reference", m.reference},
          {"from", head.from.empty() ? "" : head.from.front().address},
          {"subject", head.subject},
          {"settled_by", m.held->settled_by}};
}

}  // namespace

int quarantine_list(const Common& common, const std::string& state, std::int64_t limit) {
  int code = kOk;
  auto database = store_of(common, code);
  if (!database) return code;
  std::vector<store::StoredMail> rows;
  auto done = database->read_sync([&](sql::Tx& tx) -> Result<void> {
    auto found = store::list_mail(tx, email::EmailSettings{}.channel, state, limit, "");
    if (!found) return fail(std::move(found.error()));
    rows = std::move(*found);
    return {};
  });
  if (!done) return complain(common, done.error(), kSoftware);
  json out = json::array();
  for (const auto& m : rows) out.push_back(held_json(m));
  if (common.as_json) {
    print(out);
    return kOk;
  }
  if (rows.empty()) std::cout << "no mail is " << state << "\n";
  for (const auto& m : out) {
    auto word = [&](const char* name) { return m.at(name).get<std::string>(); };
    std::cout << email::printable(fmt::format("{}  {}  {:<16} {}  {}\n    {}\n", word("id"), word("received_at"), word("cause"),
                                              word("from"), word("subject"), word("evidence")));
  }
  return kOk;
}

int quarantine_release(const Common& common, const std::string& id, bool to_case, bool participant) {
  int code = kOk;
  auto settings = settings_of(common);
  if (!settings) return kConfiguration;
  auto database = store_of(common, code);
  if (!database) return code;
  auto secret = instance_secret(*database);
  if (!secret) return complain(common, secret.error(), kSoftware);
  const auto mail_settings = email_settings(*settings, *secret);
  flow::Intake intake(*database, system_clock(), {});
  boost::asio::io_context io;
  std::optional<Result<connectors::Accepted>> accepted;
  boost::asio::co_spawn(
      io, flow::release_held(database.get(), &intake, &mail_settings, {id, to_case, participant, "command line"}),
      [&](std::exception_ptr e, Result<connectors::Accepted> r) {
        accepted = e ? Result<connectors::Accepted>(fail(ErrorCode::kInternal, "releasing failed")) : std::move(r);
      });
  io.run();
  database.reset();  // before `io`: the writer may still be handing the result over
  if (!*accepted) return complain(common, accepted->error(), kProblems);
  if (common.as_json) {
    print({{"id", (*accepted)->id}, {"conversation", (*accepted)->conversation_id}});
  } else {
    std::cout << "released to conversation " << (*accepted)->conversation_id << "\n";
  }
  return kOk;
}

int quarantine_delete(const Common& common, const std::string& id, const std::string& note) {
  int code = kOk;
  auto database = store_of(common, code);
  if (!database) return code;
  auto done =
      database->write_sync([&](sql::Tx& tx) { return flow::delete_held(tx, id, "command line", note, system_clock().now()); });
  if (!done) return complain(common, done.error(), kProblems);
  if (common.as_json) {
    print({{"id", id}, {"state", "deleted"}});
  } else {
    std::cout << "deleted\n";
  }
  return kOk;
}

}  // namespace usher::gateway::app
