// One conversation file played line by line: the customer's lines move it on, the others look at what came.
#include "dialogs/rehearsal.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/text.h"
#include "dialogs/rehearsal_lines.h"

namespace usher::dialogs {
namespace {

using Kind = ConversationLine::Kind;

constexpr std::size_t kMaxProblems = 20;  // of one file: what follows a wrong turn is mostly its consequence

std::string ids_of(const std::vector<Choice>& choices) {
  std::string out;
  for (const Choice& c : choices) out += (out.empty() ? "" : ", ") + c.id;
  return out.empty() ? "none" : out;
}

class Player {
 public:
  Player(const Source& source, const ScriptSet& scripts, Manner manner)
      : scripts_(scripts), manner_(manner), scene_(scripts, stage_, "", *morning_of(kRehearsalDate)) {
    out_.file = source.file;
    stage_.search = [this](const Search&) {
      stated_ = false;
      return ArticlesFound{std::exchange(found_, {})};
    };
    stage_.fetch = [this](const FetchArticle& wish) { return fetch(wish); };
    stage_.look_up = [this](const LookUp& wish) { return look_up(wish); };
  }

  Rehearsed run(const Source& source) {
    const ConversationFile file = read_conversation(source, out_.problems);
    out_.name = file.remark.empty() ? source.file : file.remark;
    bool expects = false;
    for (const ConversationLine& line : file.lines) {
      at_ = line.line;
      expects = expects || line.expects();
      take(line);
      if (out_.problems.size() >= kMaxProblems) break;
    }
    if (!expects && out_.problems.empty()) {
      at_ = 1;
      problem("this conversation expects nothing", "say what the bot must do: bot:, step:, ticket:, end: …");
    }
    out_.state = scene_.state();
    return std::move(out_);
  }

 private:
  void problem(std::string message, std::string hint) {
    out_.problems.push_back({out_.file, at_, 1, std::move(message), std::move(hint)});
  }

  void take(const ConversationLine& line) {
    switch (line.kind) {
      case Kind::kLanguage:
        return turn(scene_.open(line.value));
      case Kind::kEntry:
        if (scripts_.find(line.value) == nullptr) problem("there is no script '" + line.value + "'", "entry: names a script");
        return scene_.enter(line.value);
      case Kind::kDate:
        if (const auto date = morning_of(line.value); date && out_.turns == 0) {
          scene_.begin_at(*date);
        } else {
          problem("date: needs a date like 2026-06-01 before the first turn", "");
        }
        return;
      case Kind::kCustomer:
        return turn(scene_.say({line.value, {}, text::guess_language(line.value), 0}));
      case Kind::kPress:
        return press(line.value);
      case Kind::kPhoto:
        return photo(line.value);
      case Kind::kClock:
        if (const auto time = duration_of(line.value)) {
          turn(scene_.wait(*time));
        } else {
          problem("'" + line.value + "' is no time", "clock: +24h, +90s, +10m, +2d or +1h30m");
        }
        return;
      case Kind::kFinds:
        return finds(line.value);
      case Kind::kLookup:
        lookups_[line.name] = line.value;
        return;
      case Kind::kBot:
        return expect_said(line.value);
      case Kind::kBotNot:
        if (said_.contains(line.value)) problem("the bot says “" + line.value + "”, which it must not", "it said: " + said_);
        return;
      case Kind::kButtons:
        return expect_buttons(line.value);
      case Kind::kStep:
        return expect("step", stands_at(), line.value);
      case Kind::kSlot:
        return expect_slot(line);
      case Kind::kTicket:
        return expect_ticket(line.value);
      case Kind::kTicketHas:
        return expect_ticket_has(line.value);
      case Kind::kFollowUp:
        if (!std::ranges::any_of(follow_ups_, [&](const std::string& f) { return f.contains(line.value); })) {
          problem("“" + line.value + "” is not passed on to the ticket in this turn", "it said: " + said_);
        }
        return;
      case Kind::kEnd:
        return expect("end", scene_.state().end.empty() ? "open" : scene_.state().end, line.value);
    }
  }

  // ── the customer's side
  void turn(Played played) {
    ++out_.turns;
    said_.clear();
    rest_.clear();
    follow_ups_.clear();
    bool asked = false;
    std::vector<Choice> choices;
    for (Effect& e : played.effects) {
      if (auto* p = std::get_if<Prompt>(&e)) {
        asked = true;
        said_ += (said_.empty() ? "" : "\n") + p->text;
        for (const Choice& c : p->choices) said_ += "\n[" + c.label + "]";
        if (!p->choices.empty()) choices = std::move(p->choices);
      } else if (auto* t = std::get_if<OpenTicket>(&e)) {
        if (out_.ticket) problem("a second ticket is opened", "one conversation opens one ticket");
        out_.ticket = std::move(*t);
      } else if (auto* f = std::get_if<FollowUp>(&e)) {
        follow_ups_.push_back(std::move(f->text));
      }
    }
    if (asked) choices_ = std::move(choices);
    rest_ = said_;
    out_.walked.merge(played.walked);
  }

  void press(const std::string& id) {
    const auto it = std::ranges::find(choices_, id, &Choice::id);
    if (it == choices_.end()) {
      problem("there is no button '" + id + "' to press", "the buttons are: " + ids_of(choices_));
      turn(scene_.say({{}, id, {}, 0}));
    } else if (manner_ == Manner::kNumbers) {
      turn(scene_.say({std::to_string(it - choices_.begin() + 1), {}, {}, 0}));
    } else if (manner_ == Manner::kLabels) {
      turn(scene_.say({it->label, {}, text::guess_language(it->label), 0}));
    } else {
      turn(scene_.say({it->label, id, {}, 0}));
    }
  }

  void photo(const std::string& words) {
    const auto space = words.find(' ');
    const std::string number = words.substr(0, space);
    if (number.empty() || number.size() > 2 || !std::ranges::all_of(number, [](char c) { return c >= '0' && c <= '9'; })) {
      return problem("photo: needs how many", "photo: 1, or photo: 1 this is the label");
    }
    const std::string text = space == std::string::npos ? "" : text::trim(words.substr(space));
    turn(scene_.say({text, {}, text.empty() ? "" : text::guess_language(text), std::stoi(number)}));
  }

  // ── what answers the engine
  void finds(const std::string& what) {
    stated_ = true;
    if (what == "nothing") {
      found_.clear();
      return;
    }
    const auto a = what.find('|');
    const auto b = a == std::string::npos ? a : what.find('|', a + 1);
    if (b == std::string::npos)
      return problem("finds: needs id | title | text", "finds: no-power-reset | Reset | Hold the button.");
    found_.push_back(
        {text::trim(what.substr(0, a)), text::trim(what.substr(a + 1, b - a - 1)), text::trim(what.substr(b + 1)), 0.9});
  }

  ArticlesFound fetch(const FetchArticle& wish) {
    if (std::exchange(stated_, false)) return {std::exchange(found_, {})};
    return {{{wish.id, wish.id, "(the article " + wish.id + ")", 1.0}}};
  }

  LookedUp look_up(const LookUp& wish) {
    using R = LookedUp::Result;
    const auto it = lookups_.find(wish.service);
    if (it == lookups_.end()) return {R::kFailed, {}, "the conversation has no 'lookup " + wish.service + ":'"};
    if (it->second == "fails") return {R::kFailed, {}, "the conversation says so"};
    if (it->second == "not found") return {R::kNotFound, {}, {}};
    LookedUp out{R::kFound, {}, {}};
    for (const std::string& pair : list_of(it->second)) {
      const auto eq = pair.find('=');
      if (eq == std::string::npos) continue;
      const std::string member = text::trim(pair.substr(0, eq));
      // "until" may stand for "warranty.until" where nothing else ends like it.
      std::string name = member;
      for (const std::string& wanted : wish.members) {
        if (wanted.ends_with("." + member) && std::ranges::find(wish.members, member) == wish.members.end()) name = wanted;
      }
      out.values[name] = text::trim(pair.substr(eq + 1));
    }
    return out;
  }

  // ── what is expected
  void expect(std::string_view what, const std::string& came, const std::string& expected) {
    if (came != expected)
      problem(fmt::format("{} is {}, not {}", what, came, expected), said_.empty() ? "" : "it said: " + said_);
  }

  void expect_said(const std::string& part) {
    const auto at = rest_.find(part);
    if (at != std::string::npos) {
      rest_.erase(0, at + part.size());
    } else if (said_.contains(part)) {
      problem("the bot says “" + part + "”, but earlier than it should", "it said: " + said_);
    } else {
      problem("the bot does not say “" + part + "”", said_.empty() ? "it said nothing" : "it said: " + said_);
    }
  }

  void expect_buttons(const std::string& ids) {
    std::vector<std::string> came;
    for (const Choice& c : choices_) came.push_back(c.id);
    std::vector<std::string> expected = list_of(ids);
    if (expected == std::vector<std::string>{"none"}) expected.clear();
    if (came != expected) problem("the buttons are " + ids_of(choices_) + ", not " + ids, "");
  }

  std::string stands_at() const {
    const State& s = scene_.state();
    return s.dialog + "/" + (s.step.empty() ? s.last_step : s.step);
  }

  void expect_slot(const ConversationLine& line) {
    const auto& slots = scene_.state().slots;
    const auto it = slots.find(line.name);
    expect("the slot " + line.name, it == slots.end() || it->second.empty() ? "nothing" : it->second, line.value);
  }

  void expect_ticket(const std::string& what) {
    const auto& t = out_.ticket;
    if (what == "none") {
      if (t) problem("a ticket is opened: " + t->priority + " " + t->fault_class, "");
      return;
    }
    if (!t) return problem("no ticket is opened", said_.empty() ? "" : "it stands at " + stands_at() + " and said: " + said_);
    std::string fault_class = t->fault_class;
    if (const auto it = scene_.state().slots.find("fault_class"); fault_class.empty() && it != scene_.state().slots.end()) {
      fault_class = it->second;
    }
    const auto space = what.find(' ');
    expect("the ticket's priority", t->priority, what.substr(0, space));
    if (space != std::string::npos) {
      expect("the ticket's fault class", fault_class.empty() ? "nothing" : fault_class, text::trim(what.substr(space)));
    }
  }

  void expect_ticket_has(const std::string& part) {
    if (!out_.ticket) return problem("no ticket is opened", "it stands at " + stands_at());
    const State& s = scene_.state();
    std::string all;
    for (const auto& [what, answer] : s.tried) all += what + ": " + answer + "\n";
    for (const auto& [name, value] : s.slots) all += name + ": " + value + "\n";
    for (const Consent& c : s.consents) all += c.step + ": " + c.answer + ": " + c.wording + "\n";
    if (!all.contains(part)) problem("the ticket has no “" + part + "”", "it has: " + all);
  }

  const ScriptSet& scripts_;
  Manner manner_;
  Stage stage_;
  Scene scene_;
  Rehearsed out_;
  int at_ = 1;
  std::vector<FoundArticle> found_;
  bool stated_ = false;  // a `finds:` waits to be used
  std::map<std::string, std::string> lookups_;
  std::vector<Choice> choices_;
  std::string said_, rest_;  // of this turn; what `bot:` has not looked at yet
  std::vector<std::string> follow_ups_;
};

}  // namespace

Rehearsed rehearse(const Source& conversation, const ScriptSet& scripts, Manner manner) {
  return Player(conversation, scripts, manner).run(conversation);
}

}  // namespace usher::dialogs
