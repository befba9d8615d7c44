#include <termios.h>
#include <unistd.h>

#include <iostream>
#include <nlohmann/json.hpp>

#include "base/crypto.h"
#include "base/id.h"
#include "base/text.h"
#include "gateway/app/command.h"
#include "gateway/store/cases.h"
#include "gateway/store/outbox.h"
#include "gateway/store/people.h"

namespace usher::gateway::app {
namespace {

using nlohmann::json;

// Rows out of the store; nullopt and `code` set when that failed.
template <class T, class F>
std::optional<std::vector<T>> rows_of(const Common& common, int& code, F read) {
  auto database = store_of(common, code);
  if (!database) return std::nullopt;
  std::vector<T> rows;
  auto done = database->read_sync([&](sql::Tx& tx) -> Result<void> {
    auto found = read(tx);
    if (!found) return fail(std::move(found.error()));
    rows = std::move(*found);
    return {};
  });
  if (done) return rows;
  code = complain(common, done.error(), kSoftware);
  return std::nullopt;
}

std::string read_password() {
  std::string password;
  if (isatty(STDIN_FILENO) == 0) {
    std::getline(std::cin, password);
    return password;
  }
  termios old{};
  tcgetattr(STDIN_FILENO, &old);
  termios quiet = old;
  quiet.c_lflag &= ~static_cast<tcflag_t>(ECHO);
  tcsetattr(STDIN_FILENO, TCSANOW, &quiet);
  std::cerr << "Password (at least 10 characters): " << std::flush;
  std::getline(std::cin, password);
  tcsetattr(STDIN_FILENO, TCSANOW, &old);
  std::cerr << "\n";
  return password;
}

}  // namespace

int ticket_list(const Common& common, std::int64_t limit) {
  int code = kOk;
  auto rows = rows_of<store::Case>(common, code, [&](sql::Tx& tx) { return store::list_cases(tx, limit, ""); });
  if (!rows) return code;
  if (common.as_json) {
    json out = json::array();
    for (const auto& k : *rows) {
      out.push_back({{"case", k.id.value},
                     {"reference", k.reference},
                     {"number", k.ticket_number},
                     {"state", k.state},
                     {"told", k.told},
                     {"subject", k.subject},
                     {"priority", k.priority},
                     {"channel", k.channel},
                     {"customer", k.customer},
                     {"created_at", to_rfc3339(k.created_at)},
                     {"conversation", k.conversation.value}});
    }
    print(out);
    return kOk;
  }
  if (rows->empty()) std::cout << "no tickets yet\n";
  for (const auto& k : *rows) {
    std::cout << fmt::format("{:<10} {:<22} {:<8} {:<3} {:<8} {}\n", k.ticket_number.empty() ? "-" : k.ticket_number, k.reference,
                             k.state, k.priority, k.channel, k.subject);
  }
  return kOk;
}

int outbox_list(const Common& common, const std::string& state, std::int64_t limit) {
  int code = kOk;
  auto rows = rows_of<store::OutboxRow>(common, code, [&](sql::Tx& tx) { return store::list_outbox(tx, state, limit, ""); });
  if (!rows) return code;
  if (common.as_json) {
    json out = json::array();
    for (const auto& o : *rows) {
      out.push_back({{"id", o.id},
                     {"kind", o.kind},
                     {"target", o.target},
                     {"state", o.state},
                     {"attempts", o.attempts},
                     {"reason", o.reason},
                     {"last_response", o.last_response},
                     {"created_at", to_rfc3339(o.created_at)},
                     {"conversation", o.conversation.value}});
    }
    print(out);
    return kOk;
  }
  if (rows->empty()) std::cout << (state.empty() ? "the outbox is empty\n" : "no rows are " + state + "\n");
  for (const auto& o : *rows) {
    std::cout << fmt::format("{} {:<7} {:<16} {:<7} {:>3}x {}\n", o.id, o.kind, o.target, o.state, o.attempts, o.reason);
  }
  return kOk;
}

int outbox_redrive(const Common& common, const std::string& id, bool all) {
  if (id.empty() == !all) return complain(common, {ErrorCode::kInvalid, "name one row, or --all"}, kUsage);
  int code = kOk;
  auto database = store_of(common, code);
  if (!database) return code;
  std::int64_t changed = 0;
  const Timestamp now = system_clock().now();
  auto done = database->write_sync([&](sql::Tx& tx) -> Result<void> {
    if (all) {
      auto n = store::redrive_all(tx, now);
      if (!n) return fail(std::move(n.error()));
      changed = *n;
    } else {
      auto one = store::redrive(tx, id, now);
      if (!one) return fail(std::move(one.error()));
      changed = *one ? 1 : 0;
    }
    if (changed == 0) return {};
    return store::insert_audit(tx, make_uuid_v7(now), now, "command line", "redrive", all ? "all" : id, std::to_string(changed));
  });
  if (!done) return complain(common, done.error(), kSoftware);
  if (!all && changed == 0) {
    return complain(common,
                    {ErrorCode::kNotFound, "there is no dead letter '" + id + "'; `usher outbox list --state dead` shows them"},
                    kProblems);
  }
  if (common.as_json) {
    print({{"redriven", changed}});
  } else {
    std::cout << changed << " re-driven; a running service takes them up within a second\n";
  }
  return kOk;
}

int user_add(const Common& common, const std::string& name, const std::string& role) {
  const std::string password = read_password();
  if (text::length(password) < 10) {
    return complain(common, {ErrorCode::kInvalid, "the password is too short: at least 10 characters, read from standard input"},
                    kUsage);
  }
  auto hash = crypto::hash_password(password);
  if (!hash) return complain(common, hash.error(), kSoftware);
  int code = kOk;
  auto database = store_of(common, code);
  if (!database) return code;
  const Timestamp now = system_clock().now();
  auto done = database->write_sync([&](sql::Tx& tx) -> Result<void> {
    if (auto added = store::insert_user(tx, {name, *hash, role, false}, now); !added) return added;
    return store::insert_audit(tx, make_uuid_v7(now), now, "command line", "user_add", name, role);
  });
  if (!done) return complain(common, done.error(), kProblems);
  if (common.as_json) {
    print({{"name", name}, {"role", role}});
  } else {
    std::cout << "added " << role << " '" << name << "'\n";
  }
  return kOk;
}

}  // namespace usher::gateway::app
