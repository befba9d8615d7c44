// Ways through a script are found by playing it: from every place where the bot waits, everything a customer could do next, until
// nothing new is walked over. What was new on a way is what it is suggested for; the way is then played once more and written
// down.
#include <fmt/format.h>

#include <algorithm>
#include <deque>

#include "base/text.h"
#include "dialogs/rehearsal.h"
#include "dialogs/rehearsal_values.h"

namespace usher::dialogs {
namespace {

constexpr std::size_t kMaxPlaces = 4000;  // looked at, of one script
constexpr std::size_t kMaxMoves = 40;     // of one conversation
constexpr int kMaxToEnd = 30;

// One line of the customer's side, with what the world shall answer in that turn.
struct Move {
  enum class Kind : unsigned char { kSay, kPress, kPhoto, kClock } kind = Kind::kSay;
  std::string value;
  bool finds = false;   // a search in this turn finds something
  std::string look_up;  // of all services in this turn: "" = found with `values`
  std::map<std::string, std::string> values;
};

struct Place {
  Scene scene;
  std::vector<Choice> choices;
  std::vector<Move> moves;
};

class Explorer {
 public:
  Explorer(const ScriptSet& scripts, const Script& script, std::set<std::string> wanted)
      : scripts_(scripts), script_(script), values_(scripts), wanted_(std::move(wanted)) {
    stage_.search = [this](const Search&) {
      const bool first = !std::exchange(searched_, true);  // `finds:` is for one search
      return first && move_ != nullptr && move_->finds ? ArticlesFound{{{article_, "An article", "Try this.", 0.9}}}
                                                       : ArticlesFound{};
    };
    stage_.fetch = [](const FetchArticle& wish) {
      return ArticlesFound{{{wish.id, wish.id, "(the article " + wish.id + ")", 1.0}}};
    };
    stage_.look_up = [this](const LookUp& wish) { return look_up(wish); };
  }

  std::vector<Source> run() {
    std::vector<Source> out;
    if (wanted_.empty()) return out;
    explore();
    // Longest ways first: they often cover what the shorter ones were for.
    std::vector<std::size_t> order(ways_.size());
    for (std::size_t i = 0; i < order.size(); ++i) order[i] = i;
    std::ranges::sort(order, {}, [&](std::size_t i) { return std::pair(-static_cast<std::int64_t>(ways_[i].first.size()), i); });
    for (const std::size_t i : order) {
      auto& [moves, news] = ways_[i];
      if (std::ranges::none_of(news, [&](const std::string& n) { return wanted_.contains(n); })) continue;
      out.push_back(write(std::move(moves), out.size() + 1));
    }
    return out;
  }

 private:
  LookedUp look_up(const LookUp& wish) {
    using R = LookedUp::Result;
    looked_up_ = wish.service;
    if (move_ == nullptr || move_->look_up == "fails") return {R::kFailed, {}, "as suggested"};
    if (move_->look_up == "not found") return {R::kNotFound, {}, {}};
    LookedUp out{R::kFound, {}, {}};
    for (const std::string& member : wish.members) {
      const auto it = move_->values.find(member);
      out.values[member] = it == move_->values.end() ? "1" : it->second;
    }
    looked_up_values_ = out.values;
    return out;
  }

  // ── exploring
  void explore() {
    Place first{Scene(scripts_, stage_, script_.name, *morning_of(kRehearsalDate)), {}, {}};
    std::deque<Place> open;
    std::vector<std::string> messages = values_.first_messages();
    messages.insert(messages.begin(), first_words());
    for (const std::string& message : messages) {
      for (Move m : with_world({Move::Kind::kSay, message, false, {}, {}}, first)) {
        if (auto next = after(first, std::move(m))) open.push_back(std::move(*next));
      }
    }
    std::size_t places = 0;
    while (!open.empty() && places < kMaxPlaces && found_all() < wanted_.size()) {
      const Place here = std::move(open.front());
      open.pop_front();
      ++places;
      if (here.moves.size() >= kMaxMoves) continue;
      for (const Move& move : moves_at(here)) {
        for (Move m : with_world(move, here)) {
          if (auto next = after(here, std::move(m))) open.push_back(std::move(*next));
        }
      }
    }
  }
  std::size_t found_all() const { return news_.size(); }

  // What starts the script; nothing in it shall answer a question.
  std::string first_words() const {
    return script_.trigger.phrases.contains("en") && !script_.enter_midway ? script_.trigger.phrases.at("en").front()
                                                                           : std::string("Hello, I need your help");
  }

  // Plays a move; the new place when nobody was there before in the same state.
  std::optional<Place> after(const Place& here, Move move) {
    Place next{here.scene, here.choices, here.moves};
    const Played played = play_move(next, move);
    next.moves.push_back(std::move(move));
    std::vector<std::string> news;
    for (const std::string& name : played.walked) {
      if (wanted_.contains(name) && news_.insert(name).second) news.push_back(name);
    }
    const State& s = next.scene.state();
    if (!news.empty()) ways_.emplace_back(next.moves, std::move(news));
    if (!s.end.empty()) return std::nullopt;
    if (!seen_.insert(key_of(s)).second) return std::nullopt;
    return next;
  }

  // Places that differ only in what no condition looks at are one.
  std::string key_of(const State& s) const {
    std::string key =
        s.dialog + "/" + s.step + "/" + s.check + "/" + (s.shown_article.empty() ? "" : "shown") + "/" + s.to_confirm;
    for (const Frame& f : s.calls) key += "<" + f.dialog + "/" + f.next;
    for (const auto& [what, answer] : s.checked) key += "," + what;
    for (const auto& [name, value] : s.slots) {
      if (values_.is_looked_at(name)) key += "|" + name + "=" + value;
    }
    return key;
  }

  Played play_move(Place& at, const Move& move) {
    move_ = &move;
    searched_ = false;
    article_ = fmt::format("article-{}", at.moves.size() + 1);  // none is shown twice
    looked_up_.clear();
    looked_up_values_.clear();
    Played played;
    switch (move.kind) {
      case Move::Kind::kSay:
        played = at.scene.say({move.value, {}, text::guess_language(move.value), 0});
        break;
      case Move::Kind::kPress: {
        const auto it = std::ranges::find(at.choices, move.value, &Choice::id);
        played = at.scene.say({it == at.choices.end() ? "" : it->label, move.value, {}, 0});
        break;
      }
      case Move::Kind::kPhoto:
        played = at.scene.say({{}, {}, {}, 1});
        break;
      case Move::Kind::kClock:
        played = at.scene.wait(duration_of(move.value).value_or(std::chrono::seconds{0}));
        break;
    }
    move_ = nullptr;
    bool asked = false;
    std::vector<Choice> choices;
    for (const Effect& e : played.effects) {
      if (const auto* p = std::get_if<Prompt>(&e)) {
        asked = true;
        if (!p->choices.empty()) choices = p->choices;
      }
    }
    if (asked) at.choices = std::move(choices);
    return played;
  }

  std::vector<Move> moves_at(const Place& here) const {
    std::vector<Move> out;
    for (const Choice& c : here.choices) out.push_back({Move::Kind::kPress, c.id, false, {}, {}});
    const State& s = here.scene.state();
    const Script* script = scripts_.find(s.dialog, s.hash);
    const Step* step = script == nullptr ? nullptr : script->find(s.step);
    if (step == nullptr) return out;
    if (const auto* ask = std::get_if<Ask>(&step->kind)) {
      const auto slot = script->slots.find(ask->slot);
      if (slot != script->slots.end() && here.choices.empty()) {
        if (slot->second.type == SlotType::kPhoto) out.push_back({Move::Kind::kPhoto, "1", false, {}, {}});
        for (std::string& v : values_.of(slot->second)) out.push_back({Move::Kind::kSay, std::move(v), false, {}, {}});
        if (!slot->second.required) out.push_back({Move::Kind::kSay, "I don't know", false, {}, {}});
      }
    }
    if (const auto* wait = std::get_if<Wait>(&step->kind)) {
      out.push_back({Move::Kind::kSay, "I have done it", false, {}, {}});
      auto clock = [&](std::chrono::seconds time) {
        if (time.count() > 0) out.push_back({Move::Kind::kClock, "+" + std::to_string(time.count()) + "s", false, {}, {}});
      };
      clock(wait->remind_after);
      clock(wait->give_up_after);
    }
    return out;
  }

  // The same move in every world that makes a difference: articles found or none; each answer of a look-up.
  std::vector<Move> with_world(const Move& move, const Place& here) {
    Place probe{here.scene, here.choices, here.moves};
    play_move(probe, move);
    std::vector<Move> out = {move};
    if (searched_) {
      out.push_back(move);
      out.back().finds = true;
    }
    if (looked_up_.empty()) return out;
    std::vector<Move> worlds;
    for (const Move& m : out) {
      for (const char* answer : {"fails", "not found", ""}) {
        worlds.push_back(m);
        worlds.back().look_up = answer;
      }
      for (auto& answer : values_.of_look_ups(looked_up_)) {
        worlds.push_back(m);
        worlds.back().values = std::move(answer);
      }
    }
    return worlds;
  }

  // ── writing
  // On to an end: what is suggested shall be a whole conversation.
  void finish(Place& at, std::vector<Move>& moves) {
    for (int i = 0; i < kMaxToEnd && at.scene.state().end.empty(); ++i) {
      auto next = moves_at(at);
      if (next.empty()) return;
      // Another way each time, so that a loop is left.
      Move move = next[static_cast<std::size_t>(i / 4) % next.size()];
      play_move(at, move);
      at.moves.push_back(move);
      moves.push_back(std::move(move));
    }
  }

  Source write(std::vector<Move> moves, std::size_t number) {
    Place at{Scene(scripts_, stage_, script_.name, *morning_of(kRehearsalDate)), {}, {}};
    for (const Move& m : moves) {
      play_move(at, m);
      at.moves.push_back(m);
    }
    finish(at, moves);
    Place again{Scene(scripts_, stage_, script_.name, *morning_of(kRehearsalDate)), {}, {}};
    std::string body = "entry: " + script_.name + "\n";
    std::string covers;
    for (const Move& m : moves) {
      body += "\n" + turn(again, m, covers);
      again.moves.push_back(m);
    }
    const State& s = again.scene.state();
    body += "end: " + (s.end.empty() ? std::string("open") : s.end) + "\n";
    std::string file = fmt::format("{}.suggested-{}.txt", script_.name, number);
    return {std::move(file), fmt::format("# {}: covers {}\n{}", script_.name, covers.empty() ? "nothing new" : covers, body)};
  }

  std::string turn(Place& at, const Move& move, std::string& covers) {
    const bool ended_before = !at.scene.state().end.empty();
    const Played played = play_move(at, move);
    std::string out;
    if (searched_) {
      out += move.finds ? "finds: " + article_ + " | An article | Try this.\n" : "finds: nothing\n";
    }
    if (!looked_up_.empty()) {
      std::string answer = move.look_up;
      if (answer.empty()) {
        for (const auto& [member, value] : looked_up_values_) answer += (answer.empty() ? "" : ", ") + member + "=" + value;
      }
      out += "lookup " + looked_up_ + ": " + answer + "\n";
    }
    const char* words[] = {"customer: ", "press: ", "photo: ", "clock: "};
    out += words[static_cast<std::size_t>(move.kind)] + move.value + "\n";
    for (const Effect& e : played.effects) {
      if (const auto* p = std::get_if<Prompt>(&e)) {
        const std::string line = text::trim(p->text.substr(0, p->text.find('\n')));
        if (!line.empty()) out += "bot: " + line + "\n";
      }
    }
    for (const Effect& e : played.effects) {
      if (const auto* t = std::get_if<OpenTicket>(&e); t != nullptr && !ended_before) {
        out += "ticket: " + t->priority + (t->fault_class.empty() ? "" : " " + t->fault_class) + "\n";
      }
    }
    const State& s = at.scene.state();
    if (s.end.empty() && !s.step.empty()) out += "step: " + s.dialog + "/" + s.step + "\n";
    for (const std::string& name : played.walked) {
      if (wanted_.erase(name) > 0) covers += (covers.empty() ? "" : ", ") + name.substr(name.find('/') + 1);
    }
    return out;
  }

  const ScriptSet& scripts_;
  const Script& script_;
  Values values_;
  std::set<std::string> wanted_;
  std::set<std::string> news_;
  std::set<std::string> seen_;
  std::vector<std::pair<std::vector<Move>, std::vector<std::string>>> ways_;
  Stage stage_;
  // Of the move that is played.
  const Move* move_ = nullptr;
  bool searched_ = false;
  std::string article_;
  std::string looked_up_;
  std::map<std::string, std::string> looked_up_values_;
};

}  // namespace

std::vector<Source> suggest(const ScriptSet& scripts, const Walked& walked) {
  std::map<std::string, std::set<std::string>> calls;  // script → those it calls, through any number of others
  std::set<std::string> called;
  for (const auto& [name, script] : scripts.scripts) {
    for (const auto& [id, step] : script.steps) {
      if (const auto* call = std::get_if<Call>(&step.kind)) {
        calls[name].insert(call->dialog);
        called.insert(call->dialog);
      }
    }
  }
  for (bool grows = true; grows;) {
    grows = false;
    for (auto& [name, targets] : calls) {
      const auto direct = targets;
      for (const std::string& target : direct) {
        if (!calls.contains(target)) continue;
        for (const std::string& further : calls.at(target)) grows = targets.insert(further).second || grows;
      }
    }
  }
  std::vector<Source> out;
  Walked all = walked;
  // A script that is called is walked over from where it is called; what then is left, by itself.
  for (const bool callers : {true, false}) {
    for (const auto& [name, script] : scripts.scripts) {
      if (called.contains(name) == callers) continue;
      std::set<std::string> wanted;
      auto missing = coverage(scripts, all);
      wanted.insert(missing[name].missing.begin(), missing[name].missing.end());
      for (const std::string& other : calls[name]) wanted.insert(missing[other].missing.begin(), missing[other].missing.end());
      for (Source& source : Explorer(scripts, script, std::move(wanted)).run()) {
        all.merge(rehearse(source, scripts).walked);
        out.push_back(std::move(source));
      }
    }
  }
  return out;
}

}  // namespace usher::dialogs
