// Publishing from the command line: what would be touched, editions, roll-back, and what troubleshoot blocks have learned.
#include <iostream>
#include <nlohmann/json.hpp>

#include "base/id.h"
#include "gateway/app/command.h"
#include "gateway/app/part_settings.h"
#include "gateway/flow/curation.h"
#include "gateway/flow/editions.h"
#include "gateway/flow/learning.h"
#include "gateway/store/conversations.h"
#include "gateway/store/people.h"

namespace usher::gateway::app {
namespace {

using nlohmann::json;

constexpr std::size_t kShortHash = 12;

const char* name_of(flow::Touched::What what) {
  switch (what) {
    case flow::Touched::What::kSame:
      return "unchanged";
    case flow::Touched::What::kStays:
      return "stays on its version";
    case flow::Touched::What::kMoves:
      return "moves";
    case flow::Touched::What::kStartsAgain:
      return "starts again, answers kept";
  }
  return "";
}

struct Opened {
  Settings settings;
  std::unique_ptr<sql::Database> database;
  std::unique_ptr<flow::Editions> editions;
};

std::optional<Opened> open(const Common& common, int& code) {
  Opened o;
  auto settings = settings_of(common);
  if (!settings) {
    code = kConfiguration;
    return std::nullopt;
  }
  o.settings = std::move(*settings);
  o.database = store_of(common, code);
  if (!o.database) return std::nullopt;
  if (!common.data.empty()) o.settings.data = common.data;
  o.editions = std::make_unique<flow::Editions>(
      *o.database, system_clock(),
      flow::ContentFolders{o.settings.content.dialogs, o.settings.content.kb, o.settings.content.mail}, world_of(o.settings));
  return o;
}

void tell_reload(const Common& common, const Settings& settings, json answer, const std::string& words) {
  const bool told = reload_running_service(settings);
  answer["service_reloaded"] = told;
  if (common.as_json) return print(answer);
  std::cout << words
            << (told ? "; the running service takes it up now\n"
                     : "; no service runs on this data folder, the next start takes it up\n");
}

}  // namespace

int dialog_publish(const Common& common, const std::string& folder, const std::string& note, bool dry_run) {
  int code = kOk;
  auto o = open(common, code);
  if (!o) return code;
  const std::filesystem::path from = folder.empty() ? o->settings.content.dialogs : std::filesystem::path(folder);
  std::vector<flow::ContentProblem> problems;
  const auto sources = flow::read_script_sources(from, problems);
  // The articles are the store's once a service has run on it; before that, the folder's.
  auto built = flow::build_from_store(*o->database, nullptr);
  if (!built) return complain(common, built.error(), kSoftware);
  const auto library = built->library->size() > 0 ? built->library : nullptr;
  const auto content = problems.empty() ? flow::load_content({from, o->settings.content.kb, o->settings.content.mail}, problems,
                                                             world_of(o->settings), &sources, library)
                                        : nullptr;
  if (!content) {
    print_problems(common, listed(problems), {{"ok", false}, {"published", false}});
    return kProblems;
  }
  std::vector<store::Standing> standing;
  auto read = o->database->read_sync([&](sql::Tx& tx) -> Result<void> {
    auto found = store::open_conversations(tx);
    if (!found) return fail(std::move(found.error()));
    standing = std::move(*found);
    return {};
  });
  if (!read) return complain(common, read.error(), kSoftware);
  const auto touched = flow::touched_by(*content->scripts, standing);
  json answer = {{"edition", flow::edition_hash(sources)}, {"published", false}, {"touched", json::array()}};
  std::int64_t open_conversations = 0, changed = 0;
  for (const auto& t : touched) {
    open_conversations += t.conversations;
    if (t.what == flow::Touched::What::kSame) continue;
    changed += t.conversations;
    answer["touched"].push_back(
        {{"dialog", t.dialog}, {"step", t.step}, {"conversations", t.conversations}, {"what", name_of(t.what)}, {"to", t.to}});
    if (!common.as_json)
      std::cout << fmt::format("{:>6} at {}/{}: {}{}\n", t.conversations, t.dialog, t.step, name_of(t.what),
                               t.to.empty() ? "" : " to " + t.to);
  }
  answer["open_conversations"] = open_conversations;
  if (!common.as_json)
    std::cout << open_conversations << " conversations are open, " << changed << " of them on scripts that change\n";
  if (dry_run) {
    if (common.as_json) print(answer);
    return kOk;
  }
  auto hash = o->editions->publish(sources, person(), note, problems, library);
  if (!hash) return complain(common, hash.error(), hash.error().code == ErrorCode::kInvalid ? kProblems : kSoftware);
  answer["published"] = true;
  tell_reload(common, o->settings, answer, "published edition " + hash->substr(0, kShortHash));
  return kOk;
}

int dialog_rollback(const Common& common, const std::string& hash, const std::string& note) {
  int code = kOk;
  auto o = open(common, code);
  if (!o) return code;
  auto back = o->editions->roll_back(hash, person(), note);
  if (!back) return complain(common, back.error(), kProblems);
  tell_reload(common, o->settings, {{"edition", *back}}, "edition " + back->substr(0, kShortHash) + " is current again");
  return kOk;
}

int dialog_editions(const Common& common, std::int64_t limit) {
  int code = kOk;
  auto database = store_of(common, code);
  if (!database) return code;
  std::vector<store::EditionEntry> log;
  auto read = database->read_sync([&](sql::Tx& tx) -> Result<void> {
    auto found = store::edition_log(tx, limit);
    if (!found) return fail(std::move(found.error()));
    log = std::move(*found);
    return {};
  });
  if (!read) return complain(common, read.error(), kSoftware);
  json out = json::array();
  for (const auto& e : log) {
    const bool is_current = &e == log.data();
    out.push_back({{"number", e.number},
                   {"edition", e.hash},
                   {"at", to_rfc3339(e.at)},
                   {"who", e.who},
                   {"note", e.note},
                   {"action", e.action},
                   {"current", is_current}});
    if (!common.as_json)
      std::cout << fmt::format("{} {:<{}} {} {:<8} {} {}\n", is_current ? "*" : " ", e.hash.substr(0, kShortHash), kShortHash,
                               to_rfc3339(e.at).substr(0, 19), e.action, e.who, e.note);
  }
  if (common.as_json) print(out);
  if (!common.as_json && log.empty()) std::cout << "nothing was published yet: the first start of the service does so\n";
  return kOk;
}

int dialog_learned(const Common& common) {
  int code = kOk;
  auto o = open(common, code);
  if (!o) return code;
  std::vector<flow::ContentProblem> problems;
  auto content = o->editions->load(problems);
  if (!content || !*content) {
    print_problems(common, listed(problems), {{"ok", false}});
    return kConfiguration;
  }
  auto counts = flow::read_counts(*o->database);
  if (!counts) return complain(common, counts.error(), kSoftware);
  const auto models = flow::learned_models(*(*content)->scripts, *counts, system_clock().now());
  json out = json::array();
  for (const auto& [where, own] : *counts) {
    const auto& [block, line] = where;
    const auto model = models.find(line.empty() ? block : block + "/" + line);
    if (model == models.end()) continue;
    double sum = 0;
    for (const auto& c : model->second.causes) sum += c.weight;
    json causes = json::object();
    for (const auto& c : model->second.causes) causes[c.id] = sum > 0 ? c.weight / sum : 0;
    out.push_back({{"block", block}, {"line", line}, {"cases", own.cases}, {"unexplained", own.unexplained}, {"causes", causes}});
    if (common.as_json) continue;
    std::cout << fmt::format("{}{}: {:.1f} cases counted, {:.1f} no cause explains\n", block,
                             line.empty() ? "" : " (" + line + ")", own.cases, own.unexplained);
    for (const auto& c : model->second.causes)
      std::cout << fmt::format("  {:>5.1f} %  {}\n", sum > 0 ? 100 * c.weight / sum : 0, c.id);
  }
  if (common.as_json) print(out);
  if (!common.as_json && out.empty()) std::cout << "nothing learned yet: no troubleshoot block has ended\n";
  return kOk;
}

int dialog_cause(const Common& common, const std::string& conversation, const std::string& cause) {
  int code = kOk;
  auto o = open(common, code);
  if (!o) return code;
  std::vector<flow::ContentProblem> problems;
  auto content = o->editions->load(problems);
  if (!content || !*content) {
    print_problems(common, listed(problems), {{"ok", false}});
    return kConfiguration;
  }
  const auto& scripts = *(*content)->scripts;
  const Timestamp now = system_clock().now();
  std::map<std::string, std::vector<std::string>> causes;
  int counted = 0;
  auto done = o->database->write_sync([&](sql::Tx& tx) -> Result<void> {
    ConversationId id{conversation};
    auto by_reference = store::find_by_key(tx, "ref:" + conversation);
    if (!by_reference) return fail(std::move(by_reference.error()));
    if (*by_reference) id = (*by_reference)->id;
    if (cause.empty()) {
      auto found = flow::causes_to_tell(tx, scripts, id);
      if (!found) return fail(std::move(found.error()));
      causes = std::move(*found);
      return {};
    }
    auto n = flow::tell_cause(tx, scripts, id, cause, now);
    if (!n) return fail(std::move(n.error()));
    counted = *n;
    return store::insert_audit(tx, make_uuid_v7(now), now, "command line", "cause", id.value, cause);
  });
  if (!done) return complain(common, done.error(), kProblems);
  if (common.as_json) {
    print(cause.empty() ? json(causes) : json{{"counted", counted}});
  } else if (!cause.empty()) {
    std::cout << "counted; `usher dialog learned` shows what is believed now\n";
  } else {
    for (const auto& [block, list] : causes) std::cout << block << ": " << fmt::format("{}", fmt::join(list, ", ")) << '\n';
    if (causes.empty()) std::cout << "no troubleshooting of this conversation waits for its cause\n";
  }
  return kOk;
}

}  // namespace usher::gateway::app
