// One turn of a conversation, the inside of dialogs::step(): private to the engine. A Turn is made for one event, works on its
// own copy of the state and is thrown away. Read engine.cpp first: what each event does; every other turn_*.cpp is one role.
//
// A step is "entered" (turn_enter.cpp) until one waits for the customer, for articles or for a look-up; the next event of that
// kind is its answer. Functions named answer_* take the customer's words to the step that waits, enter_* return the step to go
// on with, or "" when this one waits or the conversation ended.
#pragma once
#include <chrono>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "dialogs/engine.h"
#include "dialogs/understand.h"

namespace usher::dialogs {

template <class... F>
struct Match : F... {
  using F::operator()...;
};

inline constexpr std::string_view kHandover = "handover";
inline constexpr std::string_view kFallback = "fallback";
inline constexpr std::string_view kDialogTarget = "dialog:";  // prefix of a target, and of the greeting's choices
inline constexpr std::string_view kCannot = "cannot";         // id of the answer "I can't do that"
inline constexpr std::string_view kEnough = "enough";  // … "I'd rather talk to a person", offered when the bot is of no use
inline constexpr std::size_t kMaxUnread = 300;         // code points of a message that is weighed with the next one
inline constexpr int kPatient = 3;                     // answers in a row that are not understood, then it goes on without
inline constexpr int kUseless = 2;   // questions of the customer's in a row that nothing is found for: a person is offered
inline constexpr int kHopeless = 5;  // … and then asked for

// Whether an emergency begins at this step, over what is said on the way (turn_begin.cpp).
bool is_emergency(const Script& script, std::string_view target);

class Turn {
 public:
  Turn(const ScriptSet& scripts, State state) : scripts_(scripts) { out_.state = std::move(state); }
  Outcome take(const Event& event, std::string_view entry);

 private:
  using Values = std::map<std::string, std::string>;
  struct Place {  // where a stored (dialog, version, step) is found in the scripts of today
    const Script* script = nullptr;
    const Step* step = nullptr;  // null: the script is there, the step is gone
    bool moved = false;          // to another version
  };

  // ── what everything uses (engine.cpp)
  State& s() { return out_.state; }
  const Lexicons& lexicons() const { return scripts_.lexicons ? *scripts_.lexicons : Lexicons::built_in(); }
  void trace(std::string rule, std::string why) { out_.trace.push_back({std::move(rule), std::move(why)}); }
  std::string words(std::string_view key) { return fill(scripts_.text(key, s().language), s().slots); }
  std::string words(const Text& text) { return fill(text.in(s().language), s().slots); }
  std::string words(std::string_view key, Values more);  // `more` wins over slots
  void say(std::string text);                            // nothing when empty
  void ask(std::string question, std::vector<Choice> choices, std::string slot = {}, std::string picture = {});
  std::vector<Choice> choices(const std::vector<Option>& options);
  void offer_person(std::vector<Choice>& choices);
  std::vector<Choice> yes_no_choices() { return {{"yes", words("yes")}, {"no", words("no")}}; }
  const Message& heard();                                                               // text_, read once
  void take_as(std::string as, std::string value, double confidence, std::string why);  // fills Outcome::taken
  void note_tried(const Step& step, std::string answer);
  void note_tried(std::string what, std::string answer);
  void apply(const Values& settings);

  void opened(const Opened& e);
  void said(const Said& e, std::string_view entry);
  void choose_language(const Said& e);
  void answer(const Script& script, const Step& step, const Said& e);
  Past standing(const Step& step);  // where "back" will return to
  void remember(Past past, const Values& before);
  void ask_again(const Script& script, const Step& step);  // the question that waits, once more

  // ── the scripts of today (turn_enter.cpp)
  Place place(std::string_view dialog, std::string_view hash, std::string_view step) const;
  const Script* running_script();  // null: the turn is over, script or step are gone
  void go(std::string target);
  std::string enter(const Script& script, const Step& step);
  std::string enter_ask(const Script& script, const Step& step, const Ask& ask);
  std::string enter_choose(const Script& script, const Step& step, const Choose& choose);
  std::string enter_branch(const Step& step, const Branch& branch);
  std::string enter_call(const Step& step, const Call& call);
  std::string enter_lookup(const Step& step, const Lookup& lookup);
  std::string come_back();
  void guard(std::string why);
  void escalate(const Escalate& e);
  void resolve(std::string text, bool by_silence);
  void looked_up(const LookedUp& e);

  // ── no script runs yet (turn_begin.cpp)
  std::vector<const Script*> topics() const;
  std::vector<Option> dialog_options();
  void greet(std::string text);
  void first_words(const Said& e, std::string_view entry);
  void note_symptom(std::string_view text);
  void begin(const Script& script, std::string_view first_message);
  bool answered_already(const Script& script, const Step& step, const Choose& choose, std::string& next);
  bool reopen();

  // ── wishes that hold anywhere (turn_commands.cpp)
  bool wish(const Script* script, const Step* step);  // true when it was granted
  void asked_for_person(std::string why);             // "back" takes it back
  void to_person(std::string why);
  Escalate handover_escalate() const;  // what the handover script would ask for, without a text
  void start_over();
  void keep_only_contact();
  void back();
  void undo(const Past& past);
  void back_to(Past past);
  bool correct(bool asked_for);  // goes to the question whose label the words name; asked_for: "back" was said
  void tell_status(const Script* script, const Step* step);
  void switch_language(const std::string& language, const Script* script, const Step* step);

  // ── answers to a fixed set of options (turn_answers.cpp)
  void answer_choose(const Step& step, const Choose& choose, const Said& e);
  std::string take_option(const Step& step, const Choose& choose, const Option& option);
  void not_understood(const std::string& question, std::vector<Choice> options, const std::string& why);
  bool says_cannot() const;
  bool asks_for_time() const;
  bool may_idle();
  bool wants_person_by_number(std::vector<Choice> shown);
  std::string numbered(const std::vector<Choice>& shown) const;  // id of the choice whose number was written, or ""
  void proceed(const std::string& next);

  // ── several messages weighed together (turn_ahead.cpp)
  void weigh_together(const Step& step, const Choose& choose, Understood& u);
  void insist(const Script& script, const Choose& choose, Understood& u);
  bool says_again(const Choose& choose);
  bool answered_ahead(const Step& step, const Choose& choose, std::string& next);

  // ── answers that are values (turn_values.cpp)
  void answer_ask(const Script& script, const Ask& ask, const Step& step, const Said& e);
  void answer_confirm(const Slot& slot, const Script& script, const Ask& ask, const Step& step, const Said& e);
  void hear_value(const Slot& slot, const Script& script, const Ask& ask, const Step& step, std::string value, bool confirmed);
  void take_value(const Slot& slot, const Script& script, const Ask& ask, const Step& step, std::string value);
  void refuse_value(const Slot& slot, const Ask& ask, const Step& step, bool unknown, const std::string& why);
  void ask_for(const Slot& slot);
  void drop_beside(const Slot& slot, const Script& script, std::string& value);
  void prefill(const Script& script, std::string_view from, std::string_view rule);
  void note_photo(const Script& script);
  std::vector<Choice> slot_choices(const Slot& slot);
  std::string out_of_range(const Slot& slot, std::string_view value);

  // ── articles and the customer's own questions (turn_articles.cpp)
  void answer_article(const Step& step, const ShowArticle& article, const Said& e);
  void found(const ArticlesFound& e);
  void found_for_choice(const ArticlesFound& e);
  void offer(const std::vector<std::string>& names);  // "which of these scripts?"
  void found_for_step(const Step& step, const ShowArticle& show, const ArticlesFound& e);
  void side_question(const std::string& why);
  void found_for_side(const ArticlesFound& e, const Script& script, const Step& step);
  void show(const FoundArticle& article, std::string intro);
  void search_for(const ShowArticle& show);

  // ── troubleshoot blocks (turn_troubleshoot.cpp)
  std::string enter_block(const Script& script, const Step& step, const TroubleshootBlock& block);
  std::string next_check(const Script& script, const Step& step, const TroubleshootBlock& block);
  void answer_block(const Script& script, const Step& step, const TroubleshootBlock& block, const Said& e);
  void answer_check(const Script& script, const Step& step, const TroubleshootBlock& block, const TroubleshootBlock::Check& check,
                    const Said& e);
  void answer_question(const Script& script, const Step& step, const TroubleshootBlock& block,
                       const TroubleshootBlock::Question& question, const Said& e);
  void checked(const Script& script, const Step& step, const TroubleshootBlock& block, std::string_view answer);
  void found_for_check(const Script& script, const Step& step, const TroubleshootBlock& block, const ArticlesFound& e);
  void ask_check_again(const Script& script, const Step& step, const TroubleshootBlock& block);
  std::vector<Choice> check_choices(const TroubleshootBlock::Check& check);
  const troubleshoot::Model& model_of(const Script& script, const Step& step, const TroubleshootBlock& block);
  void learn(const Script& script, const Step& step, const TroubleshootBlock& block);

  // ── time (turn_time.cpp)
  struct Times {
    std::chrono::seconds remind_after{0}, give_up_after{0};
  };
  Times times_of(const Script& script, const Step& step) const;
  void note_time(std::string_view now);  // RFC 3339; ignored when it is none
  void time_passed(const TimePassed& e);
  void remind(const Script& script, const Step& step);
  void give_up(const Script& script, const Step& step);
  void await(bool had_ended);  // last thing of a turn: when to be woken

  const ScriptSet& scripts_;
  Outcome out_;
  std::string full_;                                        // what the customer wrote, trimmed
  std::string text_;                                        // its beginning: what is read
  std::optional<Message> heard_;                            // its words, once somebody asked for them
  std::string asked_in_;                                    // language of the question that waits
  std::string now_;                                         // Said::now
  bool answered_ = false;                                   // the waiting step got its answer
  bool restarted_ = false;                                  // no script runs any more: nobody is to be woken
  bool settled_ = false;                                    // when to be woken is said already
  int attachments_ = 0;                                     // that came with the words
  std::string lead_;                                        // stands before the next check of a troubleshoot block
  int may_skip_ = 0;                                        // questions the first message may still answer
  std::string begun_;                                       // the script they belong to
  std::vector<std::pair<std::string, std::string>> ahead_;  // questions the message was read ahead for, and their answers
  bool assumed_ = false;                                    // the answer is a guess that is said aloud
};

}  // namespace usher::dialogs
