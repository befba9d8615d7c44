// Scripts that use every kind of step, every kind of slot and calls over three levels: for walks that want to meet all of them.
#pragma once
#include <memory>

#include "tests/dialogs/talk.h"

namespace usher::dialogs {

inline constexpr const char* kEverything = R"(dialog: everything
title: { en: Everything, zh: 全部 }
triggers: { phrases: { en: [everything, whatever], zh: [全部] } }
patience: { remind_after: 10m, give_up_after: 1d, then: ticket }
enter_midway: true
slots:
  beeps: { type: number, min: 0, max: 20, label: { en: Beeps, zh: 响声 }, ask: { en: "How many beeps?", zh: "响几声？" } }
  model: { type: model, catalogue: things, open: true, label: { en: Thing, zh: 东西 }, ask: { en: "Which thing?", zh: "哪个？" } }
  kind: { type: model, catalogue: things, open: false, required: false, label: { en: Sort, zh: 类别 }, ask: { en: "Which sort?", zh: "哪类？" } }
  board: { type: serial, confirm: true, required: false, label: { en: Board number, zh: 板号 }, ask: { en: "Board number?", zh: "板号？" } }
  photo: { type: photo, required: false, label: { en: Photo, zh: 照片 }, ask: { en: "A photo, please.", zh: "请拍照。" } }
  bought: { type: date, required: false, label: { en: Bought, zh: 购买 }, ask: { en: "When was it bought?", zh: "何时购买？" } }
  again: { type: yes_no, label: { en: Again, zh: 再来 }, ask: { en: "Once more?", zh: "再来一次吗？" } }
  room:
    type: choice
    label: { en: Room, zh: 房间 }
    ask: { en: "Which room?", zh: "哪个房间？" }
    options:
      - { id: kitchen, label: { en: Kitchen, zh: 厨房 } }
      - { id: office, label: { en: Office, zh: 办公室 } }
steps:
  safety:
    choose: { en: "Is there smoke?", zh: "有冒烟吗？" }
    options:
      - { id: yes, label: { en: "Yes", zh: 有 }, next: danger }
      - { id: no, label: { en: "No", zh: 没有 }, next: hello }
    tried: Asked about smoke
  danger: { escalate: { en: "Unplug it.", zh: "请断电。" }, priority: P1, fault_class: hardware/power }
  hello: { say: { en: "Let us look, {{contact_name}}.", zh: "我们看看。" }, next: note }
  note: { set: { place: home, fault_class: other/unknown }, next: look }
  look:
    check: { en: "Press Caps Lock. Does its light come on?", zh: "按大写键，灯亮吗？" }
    picture: pictures/caps.png
    options:
      - { id: lights, label: { en: "It comes on", zh: 亮 }, next: beeps }
      - { id: dark, label: { en: "It stays dark", zh: 不亮 }, next: beeps }
    slot: caps
    cannot: beeps
    tried: Pressed Caps Lock
  beeps: { ask: beeps, next: ways }
  ways:
    branch:
      - { when: { slot: beeps, above: 5 }, next: rooms }
      - { when: { all: [ { slot: caps, is: lights }, { not: { slot: place, in: [office, shop] } } ] }, next: details }
      - { when: { slot: bought, younger_than: 24 months }, next: find }
    else: model
  rooms: { ask: room, next: details }
  model: { ask: model, next: kind }
  kind: { ask: kind, next: board }
  board: { ask: board, next: photo }
  photo: { ask: photo, next: bought }
  bought: { ask: bought, next: service }
  details: { call: inner, next: service }
  service:
    lookup: warranty
    with: { serial: "{{serial}}", board: "{{board}}" }
    save: { warranty: state, warranty_until: warranty.until }
    next: find
    not_found: charge
    failed: charge
  charge:
    wait: { en: "Charge it for an hour and write to me then.", zh: "充电一小时再联系我。" }
    next: find
    remind_after: 2h
    remind: { en: "Is it charged?", zh: "充好了吗？" }
    give_up_after: 2d
    gave_up: allow
  find:
    search: "{{symptom}} {{caps}}"
    nothing_found: { en: "Nothing found.", zh: "没有找到。" }
    solved: rate
    unsolved: book
  book: { article: guide, solved: rate, unsolved: find-cause }
  find-cause:
    troubleshoot:
      escalate_cost: 30
      max_steps: 6
      causes:
        - { id: charger, label: { en: charger, zh: 充电器 }, weight: 40 }
        - { id: battery, label: { en: battery, zh: 电池 }, weight: 30 }
        - { id: board, label: { en: board, zh: 主板 }, weight: 30 }
      checks:
        - { id: other-charger, check: { en: "Try another charger.", zh: "换一个充电器试试。" }, cost: 3, fixes: { charger: 0.9 } }
        - { id: drain, article: guide, cost: 2, fixes: { battery: 0.5, board: 0.2 }, tried: Drained it }
        - { id: outlet, check: { en: "Try another outlet.", zh: "换一个插座。" }, cost: 1, fixes: { charger: 0.2 }, safety: true, cannot: false }
        - { id: reset, check: { en: "Reset it.", zh: "复位。" }, cost: 4, fixes: { board: 0.5 }, risk: 2 }
      questions:
        - id: lights
          ask: { en: "Which light is on?", zh: "哪个灯亮？" }
          cost: 0.5
          options:
            - { id: green, label: { en: Green, zh: 绿灯 }, given: { charger: 0.1, battery: 0.9, board: 0.4 } }
            - { id: none, label: { en: None of them, zh: 都不亮 }, given: { charger: 0.9, battery: 0.1, board: 0.6 } }
    solved: rate
    unsolved: allow
  allow:
    consent: { en: "May a technician look at your {{model}} from afar?", zh: "可以让技术员远程查看吗？" }
    slot: remote_consent
    agreed: ticket
    declined: again
  again: { ask: again, next: twice }
  twice:
    branch:
      - { when: { slot: again, is: "yes" }, next: once-more }
    else: hand-over
  once-more: { set: { again: "" }, next: look }
  rate:
    survey: { en: "How satisfied are you, 1 to 5?", zh: "满意度 1 到 5？" }
    next: done
    bad: hand-over
  done: { resolve: { en: "Glad it works.", zh: "很高兴。" } }
  hand-over: { goto: dialog:handover }
  ticket: { escalate: { en: "A technician comes.", zh: "技术员会来。" }, priority: P2 }
)";

inline constexpr const char* kInner = R"(dialog: inner
title: { en: Inner, zh: 内 }
patience: { remind_after: 5m, give_up_after: 1h, then: close }
steps:
  serial: { ask: serial, next: deeper }
  deeper: { call: deepest, next: return }
)";
inline constexpr const char* kDeepest = R"(dialog: deepest
title: { en: Deepest, zh: 最内 }
patience: { remind_after: never, give_up_after: 1h, then: out }
steps:
  colour:
    choose: { en: "Which colour?", zh: "什么颜色？" }
    options:
      - { id: black, label: { en: Black, zh: 黑 }, next: return, set: { colour: black } }
      - { id: white, label: { en: White, zh: 白 }, next: return }
  out: { goto: return }
)";
inline constexpr const char* kThings =
    "model,aliases,brand\nThinkPad X1,x1|tp x1,Lenovo\nXPS 13,xps13,Dell\nMacBook Air,,Apple\n";

inline std::shared_ptr<const ScriptSet> every_kind() {
  static const auto set = desk({{"everything.yaml", kEverything},
                                {"inner.yaml", kInner},
                                {"deepest.yaml", kDeepest},
                                {"things.csv", kThings},
                                desk_handover(),
                                desk_fallback()});
  return set;
}

}  // namespace usher::dialogs
