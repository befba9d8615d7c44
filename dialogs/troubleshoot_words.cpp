// The numbers of a decision as one sentence, in English and Chinese.
#include <fmt/format.h>

#include <cmath>

#include "dialogs/troubleshoot.h"

namespace usher::dialogs::troubleshoot {
namespace {

constexpr double kDoubtWorthSaying = 0.1;

// Never "0 %" for what can happen nor "100 %" for what may fail.
std::string percent(double chance, bool zh) {
  const long whole = std::lround(chance * 100);
  if (whole < 1 && chance > 0) return zh ? "不到 1%" : "less than 1 %";
  if (whole > 99 && chance < 1) return zh ? "99% 以上" : "over 99 %";
  return fmt::format("{}{}%", whole, zh ? "" : " ");
}

// To half a minute below ten, to a whole one above: more would pretend to know.
std::string minutes(double m, bool zh) {
  const double rounded = m < 10 ? std::round(m * 2) / 2 : std::round(m);
  if (rounded < 0.5) return zh ? "不到半分钟" : "less than half a minute";
  if (rounded == 0.5) return zh ? "半分钟" : "half a minute";
  if (zh) return fmt::format("{:g} 分钟", rounded);
  return fmt::format("{:g} minute{}", rounded, rounded == 1 ? "" : "s");
}

std::string act(const Decision& d, bool zh) {
  const std::string p = percent(d.step.chance, zh), m = minutes(d.step.minutes, zh);
  const bool seldom = d.step.hoped > d.step.chance + kDoubtWorthSaying;
  if (zh) {
    return fmt::format("{}：用时{}，有 {} 的机会解决问题{}。", d.first ? "先试这一步" : "接着试这一步", m, p,
                       seldom ? "，而且以前很少试过" : "");
  }
  return fmt::format("Tried {} because it solves {} in {}{}.", d.first ? "first" : "next", p, m,
                     seldom ? " and has seldom been tried" : "");
}

std::string ask(const Decision& d, bool zh) {
  const std::string m = minutes(d.step.minutes, zh), saved = minutes(d.without - d.step.expected, zh);
  if (zh) return fmt::format("{}：回答用时{}，平均可省{}。", d.first ? "先问这个问题" : "接着问这个问题", m, saved);
  return fmt::format("Asked {} because the answer takes {} and saves {} on average.", d.first ? "first" : "next", m, saved);
}

std::string not_worth_it(const Decision& d, bool zh) {
  for (const Candidate& c : d.ranked) {
    if (c.move != Move::kAct) continue;
    const std::string p = percent(c.chance, zh), m = minutes(c.minutes, zh);
    if (zh) return fmt::format("转给人工：剩下最好的一步用时{}，只有 {} 的机会解决问题。", m, p);
    return fmt::format("Passed on to a person because the best check left would solve only {} in {}.", p, m);
  }
  return zh ? "转给人工：剩下的步骤得不偿失。" : "Passed on to a person because what is left costs more than it saves.";
}

}  // namespace

std::string sentence(const Decision& decision, std::string_view language) {
  const bool zh = language.starts_with("zh");
  switch (decision.why) {
    case Why::kSafety:
      if (decision.step.move == Move::kAsk)
        return zh ? "先问这个问题：安全第一。" : "Asked before anything else because it is about safety.";
      return zh ? "先做这一步：安全第一。" : "Done before anything else because it is about safety.";
    case Why::kBestChance:
      return act(decision, zh);
    case Why::kTellsMost:
      return ask(decision, zh);
    case Why::kNotWorthIt:
      return not_worth_it(decision, zh);
    case Why::kNothingLeft:
      return zh ? "转给人工：客户能做的步骤都已试过。"
                : "Passed on to a person because nothing is left that the customer can try.";
    case Why::kStuck:
      return zh ? "转给人工：连续两步客户都无法完成。" : "Passed on to a person because two steps in a row were not possible.";
    case Why::kTooManySteps:
      return zh ? "转给人工：已试的步骤够多了。" : "Passed on to a person because enough has been tried.";
    case Why::kContradiction:
      return zh ? "转给人工：已知的原因都解释不了目前的情况。"
                : "Passed on to a person because no cause in the script explains what happened.";
    case Why::kSolved:
      break;
  }
  return zh ? "问题已解决。" : "Nothing to do: it is solved.";
}

}  // namespace usher::dialogs::troubleshoot
