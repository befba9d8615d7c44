#include "gateway/app/settings.h"

#include <gtest/gtest.h>

#include <fstream>
#include <sstream>

namespace usher::gateway::app {
namespace {

struct Parsed {
  Settings settings;
  std::vector<SettingsProblem> problems;
};
Parsed parse(const std::string& yaml, const std::map<std::string, std::string>& environment = {}) {
  Parsed p;
  p.settings = parse_settings("usher.yaml", yaml, environment, p.problems);
  return p;
}
std::string read(const std::string& path) {
  std::ifstream in(std::string(USHER_SOURCE_DIR) + "/" + path);
  std::ostringstream out;
  out << in.rdbuf();
  return out.str();
}

TEST(Settings, AnEmptyFileIsTheDefaults) {
  auto p = parse("");
  EXPECT_TRUE(p.problems.empty());
  EXPECT_EQ(p.settings.http.port, 8080);
  EXPECT_EQ(p.settings.ticket_system.kind, "builtin");
}

TEST(Settings, TheShippedFileIsClean) {
  auto p = parse(read("config/usher.yaml"));
  for (const auto& problem : p.problems) ADD_FAILURE() << problem.line << ": " << problem.message;
  EXPECT_EQ(p.settings.company, "Nordlicht Computers");
}

TEST(Settings, TheSchemaForEditorsIsTheOneOfTheTable) {
  EXPECT_EQ(read("config/usher.schema.json"), settings_schema()) << "run: usher config schema > config/usher.schema.json";
}

TEST(Settings, AttachmentsAreNamedByContentType) {
  EXPECT_FALSE(parse("").settings.email.allowed_attachments.empty());
  EXPECT_EQ(parse("email: {allowed_attachments: [image/*]}\n").settings.email.allowed_attachments,
            std::vector<std::string>{"image/*"});
  const auto wrong = parse("email:\n  allowed_attachments: [.pdf]\n");
  ASSERT_EQ(wrong.problems.size(), 1u);
  EXPECT_EQ(wrong.problems[0].message, "'.pdf' is no content type");
}

struct Wrong {
  const char* yaml;
  int line, column;
  const char* message;
  const char* hint;
};

TEST(Settings, EveryProblemHasItsPlaceAndAHint) {
  const Wrong rows[] = {
      {"http:\n  prot: 80\n", 2, 3, "unknown key 'http.prot'", "did you mean 'port'?"},
      {"htpp:\n  port: 80\n", 1, 1, "unknown key 'htpp'", "did you mean 'http'?"},
      {"http:\n  port: eighty\n", 2, 9, "'http.port' must be a whole number from 0 to 65535", "found 'eighty'"},
      {"http:\n  port: 70000\n", 2, 9, "'http.port' must be a whole number from 0 to 65535", "found 70000"},
      {"log: { level: debg }\n", 1, 15, "'log.level' cannot be 'debg'", "did you mean 'debug'?"},
      {"http:\n  demo_page: perhaps\n", 2, 14, "'http.demo_page' must be true or false", ""},
      {"email:\n  addresses: support@x\n", 2, 14, "'email.addresses' must be a list", ""},
      {"email:\n  addresses: [support]\n", 2, 14, "'support' is no mail address", "name@domain"},
      {"email:\n  relay_url: http://x\n", 2, 14, "must begin with smtp:// or smtps://", ""},
      {"email:\n  relay_password: secret\n", 2, 3, "a secret does not belong into this file", "relay_password_file"},
      {"ticket_system:\n  kind: request_tracker\n", 2, 9, "needs 'ticket_system.url'", "https://rt.example"},
      {"http:\n  port: 1\n  port: 2\n", 3, 3, "stands here twice", "keep one"},
      {"http: 80\n", 1, 7, "'http' must hold keys with values", ""},
      {"webhooks:\n  - name: p\n", 2, 5, "webhook 'p' has no secret", "USHER_WEBHOOKS_P_SECRET"},
      {"webhooks:\n  - naem: p\n", 2, 5, "unknown key 'webhooks[].naem'", "did you mean 'name'?"},
      {"a: [1\n", 2, 1, "no valid YAML", ""},
      {"email:\n  relay_password_file: /does/not/exist\n", 2, 24, "cannot read the secret file", ""},
  };
  for (const auto& row : rows) {
    auto p = parse(row.yaml);
    bool found = false;
    std::string seen;
    for (const auto& problem : p.problems) {
      seen += std::to_string(problem.line) + ":" + std::to_string(problem.column) + " " + problem.message + " / " + problem.hint +
              "\n";
      if (problem.line == row.line && problem.column == row.column && problem.message.find(row.message) != std::string::npos &&
          problem.hint.find(row.hint) != std::string::npos) {
        found = true;
      }
    }
    EXPECT_TRUE(found) << row.yaml << "gave:\n" << seen;
  }
}

TEST(Settings, AllProblemsAreToldNotOnlyTheFirst) {
  auto p = parse("http:\n  prot: 1\n  port: x\nlog:\n  level: y\n");
  EXPECT_EQ(p.problems.size(), 3u);
}

TEST(Settings, SecretsComeFromTheEnvironment) {
  auto p =
      parse("ticket_system: { kind: request_tracker, url: 'https://rt.example', queue: Support }\nwebhooks:\n  - name: partner\n",
            {{"USHER_TICKET_SYSTEM_TOKEN", "1-2-abc"}, {"USHER_WEBHOOKS_PARTNER_SECRET", "whsec_x"}});
  for (const auto& problem : p.problems) ADD_FAILURE() << problem.message;
  EXPECT_EQ(p.settings.ticket_system.token, "1-2-abc");
  EXPECT_EQ(p.settings.webhooks.at(0).secret, "whsec_x");
}

// Two switches: what others send us, and what we fetch.
TEST(Settings, MailboxesAreFetchedFromWithoutAnSmtpListener) {
  const std::string box = "{name: a, host: localhost, user: u, password_file: /dev/null, tls: none, auth: login";
  auto p =
      parse("email: {enabled: false, addresses: [], mailboxes: [" + box + "}]}", {{"USHER_EMAIL_MAILBOXES_A_PASSWORD", "x"}});
  ASSERT_EQ(p.problems.size(), 1u);
  EXPECT_EQ(p.problems[0].message, "'email.addresses' is empty: no mail could be accepted");
  p = parse("email: {enabled: false, mailboxes: [" + box + ", enabled: false}]}", {{"USHER_EMAIL_MAILBOXES_A_PASSWORD", "x"}});
  EXPECT_TRUE(p.problems.empty());
  EXPECT_TRUE(p.settings.email.is_used());
  EXPECT_FALSE(p.settings.email.mailboxes.at(0).enabled);
  EXPECT_FALSE(parse("email: {enabled: false}").settings.email.is_used());
}

TEST(Settings, WhatAReloadCannotChangeIsNamed) {
  const auto running = parse("").settings;
  EXPECT_TRUE(changed_settings(running, running).empty());
  auto file =
      parse("http: {port: 8081}\nemail: {addresses: [a@b.example], mailboxes: []}\nwebhooks: [{name: w, secret_file: /dev/null}]")
          .settings;
  EXPECT_EQ(changed_settings(running, file), (std::vector<std::string>{"http.port", "email.addresses", "webhooks"}));
  file = running;
  file.email.mailboxes.emplace_back();
  EXPECT_TRUE(changed_settings(running, file).empty()) << "mailboxes are reloaded";
}

TEST(Settings, ResultsBelowNeedTheNameOfTheServer) {
  auto p = parse("email: {authserv_results: below}");
  ASSERT_EQ(p.problems.size(), 1u);
  EXPECT_EQ(p.problems[0].message, "'authserv_results: below' needs 'email.authserv_id'");
  EXPECT_TRUE(parse("email: {authserv_results: below, authserv_id: mx.gw.example}").problems.empty());
}

}  // namespace
}  // namespace usher::gateway::app
