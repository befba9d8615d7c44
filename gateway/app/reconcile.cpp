#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <iostream>
#include <nlohmann/json.hpp>

#include "base/net/http_client.h"
#include "connectors/registry.h"
#include "gateway/app/mail.h"
#include "gateway/app/part_settings.h"
#include "gateway/store/reconcile.h"

namespace usher::gateway::app {
namespace {

using nlohmann::json;

struct Checked {
  std::int64_t asked = 0, found = 0;
  std::vector<store::Difference> differences;
  std::optional<Error> gave_up;  // the system does not answer: nothing can be said
};

std::string external_ref_of(const std::string& payload) {
  const auto j = json::parse(payload, nullptr, false);
  auto it = j.is_object() ? j.find("external_ref") : j.end();
  return j.is_object() && it != j.end() && it->is_string() ? it->get<std::string>() : std::string{};
}

// One after the other: this runs beside a service that uses the same system.
boost::asio::awaitable<void> ask(connectors::TicketSystem* tickets, const std::vector<store::OutsideCase>* cases, Checked* out) {
  for (const auto& k : *cases) {
    const auto ref = external_ref_of(k.create_payload);
    ++out->asked;
    std::optional<connectors::Ticket> there;
    if (ref.empty()) {
      auto read = co_await tickets->read(k.ticket_id);
      if (!read && read.error().code != ErrorCode::kNotFound) {
        out->gave_up = std::move(read.error());
        co_return;
      }
      if (read) there = std::move(*read);
    } else {
      auto found = co_await tickets->find(ref);
      if (!found) {
        out->gave_up = std::move(found.error());
        co_return;
      }
      there = std::move(*found);
    }
    if (!there) {
      out->differences.push_back(
          {"ticket_missing", k.case_id, k.reference + ": ticket " + k.ticket_number + " is not on " + tickets->name()});
    } else if (there->id != k.ticket_id) {
      out->differences.push_back({"ticket_differs", k.case_id,
                                  k.reference + ": the case has ticket " + k.ticket_number + ", " + tickets->name() + " has " +
                                      there->number + " for it"});
    } else {
      ++out->found;
    }
  }
}

json intaken_json(const store::Intaken& i) {
  return {{"in", i.in}, {"new", i.fresh}, {"threaded", i.threaded}, {"suppressed", i.suppressed}, {"quarantined", i.quarantined}};
}

}  // namespace

int reconcile(const Common& common, bool offline) {
  auto settings = settings_of(common);
  if (!settings) return kConfiguration;
  int code = kOk;
  auto database = store_of(common, code);
  if (!database) return code;

  store::Books books;
  std::vector<store::OutsideCase> outside;
  std::string system;
  Checked checked;
  {
    boost::asio::io_context io;
    auto client = net::make_outbound_client(io.get_executor());
    auto tickets = connectors::make_ticket_system(ticket_settings(*settings), {database.get(), client.get(), &system_clock()});
    if (!tickets) return complain(common, tickets.error(), kConfiguration);
    system = (*tickets)->name();
    const bool is_outside = (*tickets)->colocated() == nullptr;
    auto read = database->read_sync([&](sql::Tx& tx) -> Result<void> {
      auto b = store::read_books(tx);
      if (!b) return fail(std::move(b.error()));
      books = std::move(*b);
      if (!is_outside || offline) return {};
      auto cases = store::outside_cases(tx, system);
      if (!cases) return fail(std::move(cases.error()));
      outside = std::move(*cases);
      return {};
    });
    if (!read) return complain(common, read.error(), kSoftware);
    if (!outside.empty()) {
      boost::asio::co_spawn(io, ask(tickets->get(), &outside, &checked), [&io](std::exception_ptr) { io.stop(); });
      io.run();
    }
  }
  if (checked.gave_up) return complain(common, *checked.gave_up, kTemporary);

  store::Intaken all;
  for (const auto& [name, c] : books.channels) {
    all.in += c.in;
    all.fresh += c.fresh;
    all.threaded += c.threaded;
    all.suppressed += c.suppressed;
    all.quarantined += c.quarantined;
  }
  auto differences = std::move(books.differences);
  differences.insert(differences.end(), checked.differences.begin(), checked.differences.end());
  if (common.as_json) {
    json out = intaken_json(all);
    out["channels"] = json::object();
    for (const auto& [name, c] : books.channels) out["channels"][name] = intaken_json(c);
    out["unworked"] = books.unworked;
    out["cases"] = {{"escalated", books.cases.escalated}, {"linked", books.cases.linked}, {"waiting", books.cases.waiting}};
    out["tickets"] = {{"system", system}, {"asked", checked.asked}, {"found", checked.found}};
    out["differences"] = json::array();
    for (const auto& d : differences) out["differences"].push_back({{"what", d.what}, {"id", d.id}, {"detail", d.detail}});
    out["ok"] = differences.empty();
    print(out);
  } else {
    auto line = [](std::string_view name, const store::Intaken& i) {
      std::cout << fmt::format("{:<12} {:>8} in = {} new + {} threaded + {} suppressed + {} quarantined\n", name, i.in, i.fresh,
                               i.threaded, i.suppressed, i.quarantined);
    };
    for (const auto& [name, c] : books.channels) line(name, c);
    line("all", all);
    std::cout << fmt::format("{:<12} {:>8} escalated = {} linked + {} waiting for a number\n", "cases", books.cases.escalated,
                             books.cases.linked, books.cases.waiting);
    if (checked.asked > 0)
      std::cout << fmt::format("{:<12} {:>8} asked, {} found on {}\n", "tickets", checked.asked, checked.found, system);
    if (books.unworked > 0) std::cout << books.unworked << " accepted and not worked yet\n";
    for (const auto& d : differences) std::cout << "difference: " << d.what << " " << d.id << ": " << d.detail << "\n";
    if (differences.empty()) std::cout << "no differences\n";
  }
  return differences.empty() ? kOk : kProblems;
}

}  // namespace usher::gateway::app
