// A message that was not understood is not lost: the next one is weighed together with it. Both may answer the question that was
// asked again; or the first one did, and the next answers the question behind one of its options already ("Is the cable in?" –
// "I looked under the desk" – "the light is green now"). One step ahead, and only what is clear: else the question stands.
#include <fmt/format.h>

#include <algorithm>

#include "dialogs/turn.h"
#include "dialogs/understand_ahead.h"

namespace usher::dialogs {
namespace {

using As = Understood::As;
using Kind = Choose::Kind;

constexpr double kAtItsWord = 0.95;
constexpr double kRetry = 0.5;          // a message that is no answer by itself: a second try, or an answer to what follows
constexpr double kRetryTaken = 0.75;    // one that is: people mostly answer what is asked
constexpr double kUnspecific = 0.15;    // weight of "yes" and the like beside a message that speaks of the question
constexpr double kSaidAtAnEnd = 0.1;    // nothing is asked behind that option: any message may follow
constexpr double kClear = 0.6;          // share of one reading among all of them
constexpr double kClearTogether = 0.8;  // … of two messages none of which was clear by itself
constexpr int kHops = 4;

double weight(const Leaning& l) {
  return kUnspecific + (1 - kUnspecific) * l.bearing;
}

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

}  // namespace

void Turn::weigh_together(const Step& step, const Choose& choose, Understood& u) {
  const Script* script = scripts_.find(s().dialog, s().hash);
  if (script == nullptr || s().misunderstood == 0 || s().unread.empty() || !is_plain(choose)) return;
  if (u.as != As::kNothing && (u.as != As::kOption || u.confidence >= kAtItsWord)) return;
  const auto lean = [&](std::string_view said, const Choose& asked) {
    return leaning(said, asked.options, s().language, asked.text.in(s().language), lexicons());
  };
  // What the messages before say for each option.
  std::vector<double> before(choose.options.size(), 1);
  for (const std::string& said : s().unread) {
    const Leaning l = lean(said, choose);
    for (std::size_t i = 0; i < before.size(); ++i) before[i] *= l.options[i];
  }
  const Leaning here = lean(text_, choose);
  const double retry = here.probability >= kTaken ? kRetryTaken : kRetry;
  struct Reading {
    double score = 0;
    std::size_t option = 0;
    const Step* behind = nullptr;
    const Option* answer = nullptr;  // to the question behind
  } best;
  double all = 0;
  for (std::size_t i = 0; i < choose.options.size(); ++i) {
    Reading stays{retry * before[i] * here.options[i] * weight(here), i};
    all += stays.score;
    if (stays.score > best.score) best = stays;
    const Step* behind = question_behind(*script, choose.options[i].next);
    if (behind == nullptr) {
      all += (1 - retry) * before[i] * kSaidAtAnEnd;
      continue;
    }
    const auto& asked = std::get<Choose>(behind->kind);
    const Leaning l = lean(text_, asked);
    const Reading ahead{(1 - retry) * before[i] * l.probability * weight(l), i, behind, &asked.options[l.best]};
    all += ahead.score;
    if (ahead.score > best.score && l.probability >= kTaken) best = ahead;
  }
  const double share = all > 0 ? best.score / all : 0;
  const Option& option = choose.options[best.option];
  if (best.behind != nullptr && share >= kClear && !is_emergency(*script, option.next)) {
    trace("read-ahead", fmt::format("{}: “{}”, for the message answers {} with “{}” ({:.2f})", step.id, option.id,
                                    best.behind->id, best.answer->id, share));
    u = {As::kOption, option.id, share,
         fmt::format("the message answers “{}” at {}, which follows it", best.answer->id, best.behind->id)};
    ahead_step_ = best.behind->id;
    ahead_option_ = best.answer->id;
  } else if (best.behind == nullptr && u.as == As::kNothing && share >= kClearTogether) {
    u = {As::kOption, option.id, share, "what was said before says so as well"};
  } else if (u.as == As::kOption && (best.behind != nullptr || option.id != u.value || share < kClear)) {
    u = {As::kNothing, {}, 0, "it may answer the question that follows as well: " + u.why};
  }
}

// Whether the message that was read ahead answers this question.
bool Turn::answered_ahead(const Step& step, const Choose& choose, std::string& next) {
  if (ahead_step_ != step.id) return false;
  ahead_step_.clear();
  const auto option = std::ranges::find(choose.options, ahead_option_, &Option::id);
  if (option == choose.options.end()) return false;
  trace("answer", fmt::format("{}: “{}”: read ahead", step.id, option->id));
  next = take_option(step, choose, *option);
  return true;
}

}  // namespace usher::dialogs
