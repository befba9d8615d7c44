// Time: when the customer is reminded, when the bot gives up, and when it wants to be woken.
#include <fmt/format.h>

#include <array>
#include <charconv>

#include "base/text.h"
#include "dialogs/turn.h"

namespace usher::dialogs {
namespace {

using std::chrono::seconds;

// Seconds since 1970 of an RFC 3339 time; 0 when it is none. Fractions are cut off.
std::int64_t seconds_of(std::string_view t) {
  // 2026-11-22T01:02:03[.000](Z|+08:00)
  if (t.size() < 20 || t[4] != '-' || t[7] != '-' || t[13] != ':' || t[16] != ':') return 0;
  auto number = [&](std::size_t at, std::size_t n) {
    int v = -1;
    const char* end = t.data() + at + n;
    const auto r = std::from_chars(t.data() + at, end, v);
    return r.ec == std::errc() && r.ptr == end ? v : -1;
  };
  const int year = number(0, 4), month = number(5, 2), day = number(8, 2);
  const int hour = number(11, 2), minute = number(14, 2), second = number(17, 2);
  if (year < 1970 || month < 1 || day < 1 || hour < 0 || minute < 0 || second < 0) return 0;
  const std::chrono::year_month_day date{std::chrono::year(year), std::chrono::month(static_cast<unsigned>(month)),
                                         std::chrono::day(static_cast<unsigned>(day))};
  if (!date.ok()) return 0;
  std::int64_t at = std::chrono::sys_days(date).time_since_epoch().count() * 86400LL + hour * 3600LL + minute * 60LL + second;
  const std::size_t zone = t.find_first_of("Zz+-", 19);
  if (zone != std::string_view::npos && (t[zone] == '+' || t[zone] == '-') && t.size() >= zone + 6) {
    const int h = number(zone + 1, 2), m = number(zone + 4, 2);
    if (h < 0 || m < 0) return 0;
    at -= (t[zone] == '+' ? 1 : -1) * (h * 3600LL + m * 60LL);
  }
  return at;
}

}  // namespace

void Turn::note_time(std::string_view now) {
  const std::int64_t at = seconds_of(now);
  if (at == 0) return;
  s().heard = at;
  s().today = std::string(now.substr(0, 10));
}

// A `wait` has times of its own; what it leaves out is the script's. A survey is not worth a reminder.
Turn::Times Turn::times_of(const Script& script, const Step& step) const {
  Times times{script.patience.remind_after, script.patience.give_up_after};
  if (const Wait* wait = std::get_if<Wait>(&step.kind)) {
    times.remind_after = wait->remind_after;
    if (wait->give_up_after.count() > 0) {
      times.give_up_after = wait->give_up_after;
    } else if (times.give_up_after.count() > 0) {
      times.give_up_after += wait->remind_after;  // the script's patience begins when the waiting was to be over
    }
  } else if (const Choose* c = std::get_if<Choose>(&step.kind); c != nullptr && c->kind == Choose::Kind::kSurvey) {
    times.remind_after = seconds{0};
  }
  if (times.give_up_after.count() > 0 && times.remind_after >= times.give_up_after) times.remind_after = seconds{0};
  return times;
}

void Turn::await(bool had_ended) {
  if (settled_) return;
  auto wake = [&](seconds after) {
    s().due = after.count() > 0 && s().heard > 0 ? s().heard + after.count() : 0;
    out_.effects.emplace_back(Await{after});
  };
  if (!s().end.empty()) {
    if (!had_ended) wake(seconds{0});
    return;
  }
  if (restarted_) {
    wake(seconds{0});
    return;
  }
  if (s().dialog.empty() || out_.effects.empty()) return;
  for (const Effect& e : out_.effects) {  // the answer comes in the same turn
    if (std::holds_alternative<Search>(e) || std::holds_alternative<FetchArticle>(e) || std::holds_alternative<LookUp>(e)) return;
  }
  const Script* script = scripts_.find(s().dialog, s().hash);
  const Step* step = script == nullptr ? nullptr : script->find(s().step);
  if (step == nullptr) return;
  const Times times = times_of(*script, *step);
  if (s().reminded == 0 && times.remind_after.count() > 0) {
    wake(times.remind_after);
  } else if (s().reminded > 0 && times.give_up_after.count() > 0) {
    wake(times.give_up_after - times.remind_after);
  } else {
    wake(times.give_up_after);
  }
}

void Turn::time_passed(const TimePassed& e) {
  if (!s().end.empty() || s().dialog.empty()) {
    trace("time", "nobody waits for the customer");
    return;
  }
  const std::int64_t due = s().due, at = seconds_of(e.now);
  if (due != 0 && at != 0 && at + 1 < due) {
    trace("time", fmt::format("{} s too early: an echo of an older wish", due - at));
    out_.effects.emplace_back(Await{seconds(due - at)});
    settled_ = true;
    return;
  }
  note_time(e.now);
  const Script* script = running_script();
  if (script == nullptr) return;
  const Step& step = *script->find(s().step);
  // Answers of the outside that were lost: time for the way on without them.
  s().side_question.clear();
  if (const Lookup* lookup = std::get_if<Lookup>(&step.kind)) {
    trace("lookup", lookup->service + " was lost on the way");
    go(lookup->failed);
    return;
  }
  if (const ShowArticle* article = std::get_if<ShowArticle>(&step.kind); article != nullptr && s().shown_article.empty()) {
    trace("article", "the search was lost on the way");
    go(article->unsolved);
    return;
  }
  const Times times = times_of(*script, step);
  if (s().reminded == 0 && times.remind_after.count() > 0) {
    remind(*script, step);
  } else if (times.give_up_after.count() > 0) {
    give_up(*script, step);
  } else {
    trace("time", "nothing is to be done about the silence");
  }
}

void Turn::remind(const Script& script, const Step& step) {
  s().reminded = 1;
  trace("reminder", step.id + ": no answer yet");
  const Wait* wait = std::get_if<Wait>(&step.kind);
  if (wait != nullptr && !wait->remind.empty()) {
    say(words(wait->remind));
    return;
  }
  say(words("reminder"));
  ask_again(script, step);
}

void Turn::give_up(const Script& script, const Step& step) {
  s().reminded = 0;
  s().misunderstood = 0;
  const Wait* wait = std::get_if<Wait>(&step.kind);
  const Choose* choose = std::get_if<Choose>(&step.kind);
  std::string then = wait != nullptr && !wait->gave_up.empty() ? wait->gave_up : script.patience.then;
  // Nobody opens a ticket because a survey was not answered.
  if (choose != nullptr && choose->kind == Choose::Kind::kSurvey && then == "ticket") then = "close";
  trace("gave-up", step.id + ": no answer, then " + then);
  if (then == "close") {
    resolve(words("closed_by_silence"), true);
  } else if (then == "ticket" || then.empty()) {
    say(words("gave_up"));
    Escalate e = handover_escalate();
    e.text = {};
    escalate(e);
  } else {
    go(std::move(then));
  }
}

}  // namespace usher::dialogs
