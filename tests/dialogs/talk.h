// A conversation under test, and a small desk of scripts that no edit of the shipped ones can change.
#pragma once
#include <gtest/gtest.h>

#include <algorithm>
#include <memory>
#include <string>
#include <vector>

#include "dialogs/engine.h"
#include "tests/dialogs/scripts.h"

namespace usher::dialogs {

// Keeps the state and the effects of the last turn; the state passes through JSON between turns. Searches and look-ups are
// answered by the test itself.
class Talk {
 public:
  explicit Talk(std::shared_ptr<const ScriptSet> set) : set_(std::move(set)) {}

  Talk& on(const Event& event, std::string_view entry = {}) {
    Outcome o = step(*set_, std::move(state), event, entry);
    const auto again = State::from_json(o.state.to_json());
    EXPECT_TRUE(again.has_value());
    EXPECT_EQ(*again, o.state);
    state = *again;
    effects = std::move(o.effects);
    trace = std::move(o.trace);
    taken = std::move(o.taken);
    return *this;
  }
  Talk& say(std::string words) { return on(Said{std::move(words), "", "", 0, now}); }
  Talk& press(std::string id) { return on(Said{"", std::move(id), "", 0, now}); }
  Talk& send_photo(std::string words = {}) { return on(Said{std::move(words), "", "", 1, now}); }
  Talk& articles(std::vector<FoundArticle> found) { return on(ArticlesFound{std::move(found)}); }
  Talk& silence(std::string until = {}) { return on(TimePassed{std::move(until)}); }

  std::string text() const {
    std::string all;
    for (const Effect& e : effects) {
      if (const auto* p = std::get_if<Prompt>(&e)) all += p->text + "\n";
    }
    return all;
  }
  template <class T>
  const T* last() const {
    const T* found = nullptr;
    for (const Effect& e : effects) {
      if (const T* t = std::get_if<T>(&e)) found = t;
    }
    return found;
  }
  // Ids of the choices of the last prompt, "yes no".
  std::string offered() const {
    std::string ids;
    if (const auto* p = last<Prompt>()) {
      for (const Choice& c : p->choices) ids += (ids.empty() ? "" : " ") + c.id;
    }
    return ids;
  }
  long wakes() const {  // seconds of the last Await; -1 without one
    const auto* a = last<Await>();
    return a == nullptr ? -1 : static_cast<long>(a->after.count());
  }
  std::string slot(const std::string& name) const {
    const auto it = state.slots.find(name);
    return it == state.slots.end() ? "" : it->second;
  }
  std::string why(std::string_view rule) const {  // the last line of the trace with this rule
    std::string found;
    for (const TraceLine& t : trace) {
      if (t.rule == rule) found = t.why;
    }
    return found;
  }
  bool traced(std::string_view rule) const { return !why(rule).empty(); }
  void publish(std::shared_ptr<const ScriptSet> set) { set_ = std::move(set); }

  State state;
  std::vector<Effect> effects;
  std::vector<TraceLine> trace;
  Taken taken;
  std::string now;

 private:
  std::shared_ptr<const ScriptSet> set_;
};

inline Source desk_slots() {
  return {"slots.yaml", R"(slots:
  contact_name:
    type: name
    label: { en: Name, zh: 姓名 }
    ask: { en: "May I have your name?", zh: "请问怎么称呼您？" }
    reask: { en: "{{reason}} What name may I put on the case?", zh: "{{reason}}请告诉我登记用的姓名。" }
    max_length: 60
  contact:
    type: contact
    label: { en: E-mail or phone, zh: 邮箱或电话 }
    ask: { en: "How can we reach you?", zh: "怎样联系您方便？" }
  product_model:
    type: model
    label: { en: Model, zh: 产品型号 }
    ask: { en: "Which model is it?", zh: "请问是什么型号？" }
    required: false
  serial:
    type: serial
    label: { en: Serial number, zh: 序列号 }
    ask: { en: "What is the serial number?", zh: "请问序列号是多少？" }
    reask: { en: "{{reason}} Please type it again, or “don't know”.", zh: "{{reason}}请再输入一次，或回答“不知道”。" }
    pattern: '[A-Z0-9]{8,14}'
    pattern_hint: { en: 8 to 14 letters and digits, zh: 8 到 14 位字母和数字 }
    required: false
    max_length: 40
)"};
}

inline Source desk_handover() {
  return {"handover.yaml", R"(dialog: handover
title: { en: Hand over to a person, zh: 转接人工 }
steps:
  intro: { say: { en: "I will pass this on to a colleague.", zh: "我来转给同事处理。" }, next: name }
  name: { ask: contact_name, next: contact }
  contact: { ask: contact, next: model }
  model: { ask: product_model, next: serial }
  serial: { ask: serial, next: ticket }
  ticket: { escalate: { en: "That is all I need.", zh: "信息已经齐全。" }, priority: P3 }
)"};
}

inline Source desk_fallback() {
  return {"fallback.yaml", R"(dialog: fallback
title: { en: Another problem, zh: 其他问题 }
steps:
  search:
    article: search
    intro: { en: "This may help:", zh: "下面的内容可能有帮助：" }
    nothing_found: { en: "I have no instructions for this one.", zh: "这个问题暂时没有现成的处理方法。" }
    solved: done
    unsolved: hand-over
    tried: Read the suggested article
  hand-over: { goto: dialog:handover }
  done: { resolve: { en: "Glad that helped.", zh: "很高兴能帮到您。" } }
)"};
}

// Scripts of a test beside the desk's slots and the shipped phrases.
inline std::shared_ptr<const ScriptSet> desk(std::vector<Source> sources) {
  sources.push_back(desk_slots());
  sources.push_back(shipped("texts.yaml"));
  std::vector<Problem> problems;
  auto set = parse(sources, problems);
  EXPECT_TRUE(set) << to_string(problems);
  return set;
}

}  // namespace usher::dialogs
