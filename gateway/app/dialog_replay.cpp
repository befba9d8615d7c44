// `usher dialog replay`: stored conversations once more, on what is live and on edited scripts. What the customer wrote and when
// is taken from the database, and so are the moments the bot lost its patience; everything else happens anew in memory.
#include <algorithm>
#include <deque>
#include <iostream>
#include <nlohmann/json.hpp>

#include "base/log.h"
#include "base/text.h"
#include "gateway/app/dialog.h"
#include "gateway/app/part_settings.h"
#include "gateway/flow/learning.h"
#include "gateway/flow/turn.h"
#include "gateway/store/editions.h"
#include "gateway/store/replay.h"

namespace usher::gateway::app {
namespace {

using nlohmann::json;

// As the service reads a message (gateway/flow/turns.cpp).
constexpr std::size_t kUnderstood = 2000;
constexpr std::size_t kLanguageSample = 800;

struct Moment {  // something that moved the conversation on
  dialogs::Event event;
  std::string words;    // of the customer; "" for a time-out
  std::string subject;  // of the mail that opened the conversation
};
struct Outcome {
  std::string end, dialog, step, priority, fault_class;
  bool operator==(const Outcome&) const = default;
};
struct Run {
  std::vector<std::vector<std::string>> said;  // by moment
  Outcome outcome;
};
struct Recording {
  std::vector<Moment> moments;
  Run run;              // on what is live
  std::string differs;  // the first stored line that did not come again; empty: word for word the same
};

struct Way {  // of a channel
  connectors::Capabilities can;
  std::string entry;
};

Way way_of(const Settings& settings, const std::string& channel) {
  if (channel == "webchat") return {{.buttons = true, .html = true, .is_live = true}, settings.webchat.entry};
  if (channel == "email") return {{.one_answer = true}, settings.email.entry};
  for (const auto& w : settings.webhooks) {
    if (w.name == channel) return {{.buttons = true, .is_live = true}, w.entry};
  }
  return {};
}

std::string member_of(const std::string& extra, const char* name) {
  const auto j = json::parse(extra, nullptr, false);
  return j.is_object() ? j.value(name, std::string()) : std::string();
}

std::string_view beginning(std::string_view s, std::size_t bytes) {
  while (bytes < s.size() && bytes > 0 && (static_cast<unsigned char>(s[bytes]) & 0xc0) == 0x80) --bytes;
  return s.substr(0, bytes);
}

dialogs::Said said_of(const store::RecordedLine& line) {
  return {line.text.size() > kUnderstood ? text::cut(line.text, kUnderstood) : line.text, member_of(line.extra, "choice"),
          text::guess_language(beginning(line.text, kLanguageSample)), line.attachments, to_rfc3339(line.at)};
}

class Player {
 public:
  Player(const flow::Content& content, Way way, const store::Recorded& recorded, const std::string& language)
      : content_(content), way_(std::move(way)) {
    state_.language = language;
    if (const auto stored = dialogs::State::from_json(recorded.state)) known_ = stored->slots;
  }

  flow::TurnResult take(const dialogs::Event& event, std::string_view subject = {}) {
    auto turn = flow::run_turn(content_, std::move(state_), event, way_.can, way_.entry, subject);
    while (turn.look_up) {
      auto answer = answer_to(turn);
      turn = flow::resume_turn(content_, std::move(turn), std::move(answer), way_.can);
    }
    state_ = turn.state;
    if (turn.ticket && outcome_.priority.empty()) {
      outcome_.priority = turn.ticket->priority;
      outcome_.fault_class = turn.ticket->fault_class;
    }
    return turn;
  }

  Outcome outcome() const {
    Outcome o = outcome_;
    o.end = state_.end.empty() ? "open" : state_.end;
    o.dialog = state_.dialog;
    o.step = state_.step.empty() ? state_.last_step : state_.step;
    return o;
  }

 private:
  // What the service answered then stands in the slots.
  dialogs::LookedUp answer_to(const flow::TurnResult& turn) const {
    dialogs::LookedUp out{dialogs::LookedUp::Result::kFailed, {}, "not recorded"};
    const dialogs::Script* script = content_.scripts->find(turn.state.dialog, turn.state.hash);
    const dialogs::Step* step = script == nullptr ? nullptr : script->find(turn.state.step);
    const auto* lookup = step == nullptr ? nullptr : std::get_if<dialogs::Lookup>(&step->kind);
    if (lookup == nullptr) return out;
    for (const auto& [slot, member] : lookup->save) {
      if (const auto it = known_.find(slot); it != known_.end()) out.values[member] = it->second;
    }
    if (!out.values.empty()) out.result = dialogs::LookedUp::Result::kFound;
    return out;
  }

  const flow::Content& content_;
  Way way_;
  dialogs::State state_;
  Outcome outcome_;
  std::map<std::string, std::string> known_;
};

// Plays the customer's lines and holds what the bot says against what is stored.
class Recorder {
 public:
  Recorder(const flow::Content& content, const Way& way, const store::Recorded& recorded, const std::string& language)
      : player_(content, way, recorded, language), one_answer_(way.can.one_answer), recorded_(recorded) {}

  Recording run() {
    for (const auto& line : recorded_.lines) {
      if (line.author == "customer") {
        take({said_of(line), line.text, out_.moments.empty() ? member_of(line.extra, "subject") : std::string()}, line.at);
      } else if (line.author == "bot") {
        compare(line);
      }
    }
    if (!pending_.empty()) differ("(nothing)", pending_.front());
    out_.run.outcome = player_.outcome();
    return std::move(out_);
  }

 private:
  void take(Moment moment, Timestamp at) {
    const auto turn = player_.take(moment.event, moment.subject);
    auto& said = out_.run.said.emplace_back();
    for (const auto& m : turn.messages) said.push_back(m.text);
    if (turn.ticket && one_answer_) {
      within_.insert(within_.end(), said.begin(), said.end());  // all goes out with the acknowledgement
    } else {
      pending_.insert(pending_.end(), said.begin(), said.end());
    }
    // What the gateway says by itself: the ticket's number, first or later; "added to your case"; the case's state.
    if (turn.ticket) by_gateway_ += 2;
    by_gateway_ += static_cast<int>(turn.follow_ups.size()) + (turn.status_at ? 1 : 0);
    if (turn.wake_after) due_ = turn.wake_after->count() > 0 ? std::optional(at + *turn.wake_after) : std::nullopt;
    out_.moments.push_back(std::move(moment));
  }

  void compare(const store::RecordedLine& line) {
    // A line nobody asked for: the customer was silent for too long.
    if (pending_.empty() && by_gateway_ == 0 && due_ && *due_ <= line.at) {
      due_.reset();
      take({dialogs::TimePassed{to_rfc3339(line.at)}, {}, {}}, line.at);
    }
    if (!pending_.empty() && pending_.front() == line.text) {
      pending_.pop_front();
    } else if (by_gateway_ > 0) {
      --by_gateway_;
      for (const std::string& part : std::exchange(within_, {})) {
        if (line.text.find(part) == std::string::npos) differ(line.text, part);
      }
    } else {
      differ(line.text, pending_.empty() ? "(nothing)" : pending_.front());
      if (!pending_.empty()) pending_.pop_front();
    }
  }

  void differ(const std::string& stored, const std::string& now) {
    if (out_.differs.empty()) out_.differs = "stored: " + text::cut(stored, 300) + "\nnow: " + text::cut(now, 300);
  }

  Player player_;
  bool one_answer_;
  const store::Recorded& recorded_;
  Recording out_;
  std::deque<std::string> pending_;  // said now, not yet met among the stored lines
  std::vector<std::string> within_;  // to be found inside the acknowledgement
  int by_gateway_ = 0;
  std::optional<Timestamp> due_;
};

// A conversation does not keep the language it began in: the one that gives the stored words is it.
Recording record(const flow::Content& content, const Way& way, const store::Recorded& recorded) {
  std::optional<Recording> first;
  for (const std::string& language : {recorded.language, std::string("en"), std::string("zh")}) {
    Recording r = Recorder(content, way, recorded, language).run();
    if (r.differs.empty()) return r;
    if (!first) first = std::move(r);
  }
  return std::move(*first);
}

Run play(const flow::Content& content, const Way& way, const store::Recorded& recorded, const std::vector<Moment>& moments) {
  Run out;
  Player player(content, way, recorded, recorded.language);
  for (const Moment& m : moments) {
    auto& said = out.said.emplace_back();
    for (const auto& message : player.take(m.event, m.subject).messages) said.push_back(message.text);
  }
  out.outcome = player.outcome();
  return out;
}

json to_json(const Outcome& o) {
  return {{"end", o.end}, {"dialog", o.dialog}, {"step", o.step}, {"priority", o.priority}, {"fault_class", o.fault_class}};
}
std::string to_text(const Outcome& o) {
  return o.end + " at " + o.dialog + "/" + o.step + (o.priority.empty() ? "" : ", ticket " + o.priority + " " + o.fault_class);
}

struct Read {
  std::vector<store::Recorded> conversations;
  std::optional<store::Sources> live;
  flow::AllCounts counts;
};

Result<Read> read_store(sql::Database& database, Timestamp since, std::int64_t limit) {
  Read out;
  auto done = database.read_sync([&](sql::Tx& tx) -> Result<void> {
    auto found = store::recorded_since(tx, since, limit);
    if (!found) return fail(std::move(found.error()));
    out.conversations = std::move(*found);
    for (auto& c : out.conversations) {
      auto lines = store::recorded_lines(tx, c.id);
      if (!lines) return fail(std::move(lines.error()));
      c.lines = std::move(*lines);
    }
    auto edition = store::current_edition(tx);
    if (!edition) return fail(std::move(edition.error()));
    if (!edition->empty()) {
      auto sources = store::edition_sources(tx, *edition);
      if (!sources) return fail(std::move(sources.error()));
      out.live = std::move(*sources);
    }
    return {};
  });
  if (!done) return fail(std::move(done.error()));
  auto counts = flow::read_counts(database);
  if (!counts) return fail(std::move(counts.error()));
  out.counts = std::move(*counts);
  return out;
}

flow::Content content_of(const DialogFolder& folder, const Read& read) {
  flow::Content content;
  auto scripts = std::make_shared<dialogs::ScriptSet>(*folder.scripts);
  scripts->learned = std::make_shared<const std::map<std::string, dialogs::troubleshoot::Model>>(
      flow::learned_models(*folder.scripts, read.counts, system_clock().now()));
  content.scripts = std::move(scripts);
  content.library = folder.library ? folder.library : kb::Library::build({});
  content.shown = std::make_shared<const flow::ShownArticles>();
  return content;
}

// The same, or the same step under the name the edited script gives it.
bool comes_to_the_same(const Outcome& before, const Outcome& after, const dialogs::ScriptSet& edited) {
  Outcome renamed = before;
  const dialogs::Script* script = edited.find(before.dialog);
  for (int i = 0; i < 8 && script != nullptr && script->find(renamed.step) == nullptr; ++i) {
    const auto now = script->renamed.find(renamed.step);
    if (now == script->renamed.end()) break;
    renamed.step = now->second;
  }
  return after == before || after == renamed;
}

json changed(const store::Recorded& c, const Recording& before, const Run& after) {
  json out = {{"conversation", c.id.value},      {"channel", c.channel},
              {"at", to_rfc3339(c.created_at)},  {"before", to_json(before.run.outcome)},
              {"after", to_json(after.outcome)}, {"turn", nullptr}};
  for (std::size_t i = 0; i < before.moments.size() && i < after.said.size(); ++i) {
    if (before.run.said[i] == after.said[i]) continue;
    out["turn"] = {
        {"number", i + 1}, {"customer", before.moments[i].words}, {"before", before.run.said[i]}, {"after", after.said[i]}};
    break;
  }
  return out;
}

void print_changed(const json& c, const Outcome& before, const Outcome& after) {
  std::cout << c["conversation"].get<std::string>() << " (" << c["channel"].get<std::string>() << ", "
            << c["at"].get<std::string>() << ")\n  before: " << to_text(before) << "\n  after:  " << to_text(after) << "\n";
  if (c["turn"].is_null()) return;
  const auto& t = c["turn"];
  const std::string customer = t["customer"].get<std::string>();
  std::cout << "  from turn " << t["number"].get<std::size_t>() << " on, "
            << (customer.empty() ? "where the customer was silent" : "“" + text::cut(customer, 80) + "”") << ":\n";
  for (const char* side : {"before", "after"}) {
    for (const auto& line : t[side]) std::cout << "    " << side << ": " << text::cut(line.get<std::string>(), 120) << "\n";
  }
}

}  // namespace

int dialog_replay(const Common& common, const DialogReplayOptions& options) {
  const auto since = dialogs::duration_of(options.since);
  if (!since) return complain(common, {ErrorCode::kInvalid, "'" + options.since + "' is no time", "90m, 24h or 7d"}, kUsage);
  int code = kOk;
  auto live = open_dialogs(common, "", code);
  if (!live) return code;
  Settings settings = *live->settings;
  if (!common.data.empty()) settings.data = common.data;
  std::error_code ec;
  if (!std::filesystem::exists(settings.data / "usher.db", ec)) {
    return complain(common,
                    {ErrorCode::kNotFound, "there is no database in '" + settings.data.string() + "'", "--data names its folder"},
                    kUsage);
  }
  log::init(log::Level::kWarn);
  auto database = open_store(settings, false);
  if (!database) return complain(common, database.error(), kSoftware);
  auto read = read_store(**database, system_clock().now() - *since, options.limit);
  if (!read) return complain(common, read.error(), kSoftware);
  if (read->live) {  // what the service serves, which may not be what lies in the folder
    live->sources.clear();
    live->problems.clear();
    for (const auto& [name, bytes] : *read->live) live->sources.push_back({(live->folder / name).string(), bytes});
    live->scripts = dialogs::parse(live->sources, live->problems);
  }
  auto edited = open_dialogs_over(common, *live, options.against, code);
  if (!edited) return code;
  for (const DialogFolder* folder : {&*live, &*edited}) {
    if (folder->scripts) continue;
    print_problems(common, listed(folder->problems), {{"ok", false}});
    return kProblems;
  }

  const flow::Content content_live = content_of(*live, *read), content_edited = content_of(*edited, *read);
  json out = {{"conversations", read->conversations.size()}, {"changed", json::array()}, {"not_reproduced", json::array()}};
  for (const auto& c : read->conversations) {
    const Way way = way_of(settings, c.channel);
    const Recording before = record(content_live, way, c);
    if (!before.differs.empty()) {
      out["not_reproduced"].push_back({{"conversation", c.id.value}, {"first", before.differs}});
    }
    const Run after = play(content_edited, way, c, before.moments);
    if (comes_to_the_same(before.run.outcome, after.outcome, *edited->scripts)) continue;
    out["changed"].push_back(changed(c, before, after));
    if (!common.as_json) print_changed(out["changed"].back(), before.run.outcome, after.outcome);
  }
  const std::size_t changes = out["changed"].size(), lost = out["not_reproduced"].size();
  out["reproduced"] = read->conversations.size() - lost;
  out["ok"] = changes == 0;
  if (common.as_json) {
    print(out);
  } else {
    std::cout << read->conversations.size() << " conversations; " << read->conversations.size() - lost
              << " come out word for word as they were; " << changes << (changes == 1 ? " has" : " have") << " another outcome\n";
    for (const auto& n : out["not_reproduced"]) {
      std::cout << "  not word for word: " << n["conversation"].get<std::string>() << "\n";
    }
  }
  return changes == 0 ? kOk : kProblems;
}

}  // namespace usher::gateway::app
