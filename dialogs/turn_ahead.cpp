// Messages that were not understood are not lost: the next one is weighed together with them. All may be answers to the question
// that was asked again; or one of them was, and the next answers the question behind an option already ("Is the cable in?" – "I
// looked under the desk" – "the light is green now"). Every way to read them is scored; one is taken only when it is clear, and
// the message at hand is a clear answer where it is read. Otherwise the question stands.
#include <fmt/format.h>

#include <algorithm>
#include <span>

#include "base/text.h"
#include "dialogs/turn.h"
#include "dialogs/understand_ahead.h"

namespace usher::dialogs {
namespace {

using As = Understood::As;
using Kind = Choose::Kind;

constexpr double kAtItsWord = 0.95;     // such an answer was not weighed
constexpr double kRetry = 0.5;          // a message that is no answer by itself: a second try, or an answer to what follows
constexpr double kRetryTaken = 0.75;    // one that is: people mostly answer what is asked
constexpr double kUnspecific = 0.15;    // weight of "yes" and the like beside a message that speaks of the question
constexpr double kSaidAtAnEnd = 0.1;    // nothing is asked behind that option: any message may follow
constexpr double kClear = 0.6;          // share of one reading among all of them
constexpr double kClearTogether = 0.8;  // … of several messages none of which was clear by itself
constexpr double kInsisted = 0.66;      // of a message that is said once more as it was: 22 of 23 such leanings were right
constexpr double kLeans = 2;            // a message leans when its best option is so much more probable than any other
constexpr std::size_t kAhead = 2;       // questions behind the one that waits
constexpr int kHops = 4;

bool is_plain(const Choose& choose) {
  return choose.kind == Kind::kChoose || choose.kind == Kind::kCheck;
}

// The question an option leads to, over what is only said; null when there is none, or one that must be asked aloud.
const Step* question_behind(const Script& script, std::string_view target) {
  for (int i = 0; i < kHops; ++i) {
    const Step* step = script.find(target);
    if (step == nullptr) return nullptr;
    if (const auto* say = std::get_if<Say>(&step->kind)) {
      target = say->next;
    } else if (const auto* jump = std::get_if<Goto>(&step->kind)) {
      target = jump->next;
    } else {
      const auto* choose = std::get_if<Choose>(&step->kind);
      const bool asks = choose != nullptr && is_plain(*choose) &&
                        std::ranges::none_of(choose->options, [&](const Option& o) { return is_emergency(script, o.next); });
      return asks ? step : nullptr;
    }
  }
  return nullptr;
}

// One way to read all the messages: which option each question on the way gets.
struct Reading {
  double score = 0;
  std::vector<std::pair<const Step*, std::size_t>> answers;  // the last one is for the question the last message is read at
};

class Readings {
 public:
  Readings(const Script& script, std::span<const std::string> messages, std::string_view language, const Lexicons& lexicons)
      : script_(script), messages_(messages), language_(language), lexicons_(lexicons) {}

  void from(const Step& step) {
    const Leaning first = lean(0, step);
    at(step, first.options, 1);
  }
  const Reading& best() const { return best_; }
  // Whether every message by itself leans to this option of the question that waits.
  bool all_lean(const Step& step, std::size_t option) const {
    for (std::size_t i = 0; i < messages_.size(); ++i) {
      const Leaning l = lean(i, step);
      if (l.best != option) return false;
      for (std::size_t k = 0; k < l.options.size(); ++k) {
        if (k != option && l.options[k] * kLeans > l.options[option]) return false;
      }
    }
    return true;
  }
  double share() const { return all_ > 0 ? best_.score / all_ : 0; }

 private:
  static double weight(const Leaning& l) { return kUnspecific + (1 - kUnspecific) * l.bearing; }
  Leaning lean(std::size_t message, const Step& step) const {
    const auto& asked = std::get<Choose>(step.kind);
    return leaning(messages_[message], asked.options, language_, asked.text.in(language_), lexicons_);
  }

  // `scores`: of each option of the step, by the messages before `next`.
  void at(const Step& step, const std::vector<double>& scores, std::size_t next) {
    const auto& options = std::get<Choose>(step.kind).options;
    if (next == messages_.size()) {
      for (std::size_t i = 0; i < options.size(); ++i) {
        all_ += scores[i];
        if (scores[i] <= best_.score) continue;
        best_ = {scores[i], way_};
        best_.answers.emplace_back(&step, i);
      }
      return;
    }
    const Leaning here = lean(next, step);
    const double retry = here.probability >= kTaken ? kRetryTaken : kRetry;
    std::vector<double> again(scores);
    for (std::size_t i = 0; i < again.size(); ++i) again[i] *= retry * here.options[i] * weight(here);
    at(step, again, next + 1);
    for (std::size_t i = 0; i < options.size(); ++i) {
      const Step* behind = way_.size() < kAhead ? question_behind(script_, options[i].next) : nullptr;
      if (behind == nullptr) {
        all_ += scores[i] * (1 - retry) * kSaidAtAnEnd;
        continue;
      }
      const Leaning there = lean(next, *behind);
      std::vector<double> ahead(there.options);
      for (double& x : ahead) x *= scores[i] * (1 - retry) * weight(there);
      // Only a clear answer shows that a question was passed over.
      if (next + 1 == messages_.size() && there.probability < kTaken) {
        for (const double x : ahead) all_ += x;
        continue;
      }
      way_.emplace_back(&step, i);
      at(*behind, ahead, next + 1);
      way_.pop_back();
    }
  }

  const Script& script_;
  std::span<const std::string> messages_;
  std::string_view language_;
  const Lexicons& lexicons_;
  std::vector<std::pair<const Step*, std::size_t>> way_;
  Reading best_;
  double all_ = 0;
};

}  // namespace

void Turn::weigh_together(const Step& step, const Choose& choose, Understood& u) {
  const Script* script = scripts_.find(s().dialog, s().hash);
  if (script == nullptr || s().misunderstood == 0 || s().unread.empty() || !is_plain(choose)) return;
  if (u.as != As::kNothing && (u.as != As::kOption || u.confidence >= kAtItsWord)) return;
  const std::string folded = text::fold(text::cut(text_, kMaxUnread));
  if (std::ranges::any_of(s().unread, [&](const std::string& before) { return text::fold(before) == folded; })) {
    insist(*script, choose, u);
    return;
  }
  std::vector<std::string> messages = s().unread;
  messages.push_back(text_);
  Readings readings(*script, messages, s().language, lexicons());
  readings.from(step);
  const auto& answers = readings.best().answers;
  if (answers.empty()) return;
  const double share = readings.share();
  const Option& option = choose.options[answers.front().second];
  const bool ahead = answers.size() > 1;
  const bool alarms = std::ranges::any_of(
      answers, [&](const auto& a) { return is_emergency(*script, std::get<Choose>(a.first->kind).options[a.second].next); });
  if (ahead && share >= kClear && !alarms) {
    std::string why = "for the message answers";
    for (const auto& [asked, i] : std::span(answers).subspan(1)) {
      const std::string& id = std::get<Choose>(asked->kind).options[i].id;
      why += fmt::format(" {} with “{}”", asked->id, id);
      ahead_.emplace_back(asked->id, id);
    }
    trace("read-ahead", fmt::format("{}: “{}”, {} ({:.2f})", step.id, option.id, why, share));
    u = {As::kOption, option.id, share, std::move(why)};
    assumed_ = true;
  } else if (!ahead && u.as == As::kNothing && share >= kClearTogether && readings.all_lean(step, answers.front().second)) {
    u = {As::kOption, option.id, share, "what was said before says so as well"};
  } else if (u.as == As::kOption && (ahead || option.id != u.value || share < kClear)) {
    u = {As::kNothing, {}, 0, "it may answer the question that follows as well: " + u.why};
  }
}

// The very same words again are nothing new to weigh, but whoever says them again means them: what they lean to is taken, and
// said aloud. Never where a danger is asked for.
void Turn::insist(const Script& script, const Choose& choose, Understood& u) {
  if (u.as != As::kNothing) return;
  if (std::ranges::any_of(choose.options, [&](const Option& o) { return is_emergency(script, o.next); })) return;
  const Leaning to = leaning(text_, choose.options, s().language, choose.text.in(s().language), lexicons());
  if (to.probability < kInsisted) return;
  trace("insists", "says the same again");
  u = {As::kOption, choose.options[to.best].id, to.probability, "said once more, and most likely this"};
  assumed_ = true;
}

// "It turns over fine", to the question behind the one that "it turns over but won't start" has answered.
bool Turn::says_again(const Choose& choose) {
  const Script* script = scripts_.find(s().dialog, s().hash);
  if (script == nullptr || s().foretold.empty() || !is_plain(choose)) return false;
  const auto answer_to = [&](const Choose& asked) {
    return answered_by(text_, asked.options, s().language, asked.text.in(s().language), lexicons());
  };
  const bool again = std::ranges::any_of(s().foretold, [&](const auto& told) {
    const Step* step = script->find(told.first);
    const auto* asked = step == nullptr ? nullptr : std::get_if<Choose>(&step->kind);
    return asked != nullptr && answer_to(*asked).value == told.second;
  });
  return again && answer_to(choose).as != As::kOption;
}

// Whether the message that was read ahead answers this question.
bool Turn::answered_ahead(const Step& step, const Choose& choose, std::string& next) {
  if (ahead_.empty() || ahead_.front().first != step.id) return false;
  const auto option = std::ranges::find(choose.options, ahead_.front().second, &Option::id);
  ahead_.erase(ahead_.begin());
  if (option == choose.options.end()) return false;
  trace("answer", fmt::format("{}: “{}”: read ahead", step.id, option->id));
  next = take_option(step, choose, *option);
  return true;
}

}  // namespace usher::dialogs
