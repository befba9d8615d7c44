// Answers that are values of a slot: read, checked against range and catalogue, read back when the slot wants it, and values
// that a message holds beside the one it was asked for.
#include <fmt/format.h>

#include <algorithm>
#include <charconv>

#include "base/text.h"
#include "dialogs/turn.h"

namespace usher::dialogs {
namespace {

using As = Understood::As;

bool is_choice_of(const Slot& slot, std::string_view id) {
  if (slot.type == SlotType::kYesNo) return id == "yes" || id == "no";
  return slot.type == SlotType::kChoice && std::ranges::any_of(slot.options, [&](const Option& o) { return o.id == id; });
}

// Types whose values are told from the words around them: "no, it is AB123456" holds one, "no" does not.
bool stands_out(SlotType type) {
  return type == SlotType::kEmail || type == SlotType::kPhone || type == SlotType::kContact || type == SlotType::kSerial ||
         type == SlotType::kErrorCode || type == SlotType::kNumber || type == SlotType::kDate;
}

const Slot& yes_no_slot() {
  static const Slot slot = [] {
    Slot s;
    s.type = SlotType::kYesNo;
    return s;
  }();
  return slot;
}

// "Don't know", "skip", "can't find it" as an answer to a request for a photo.
const Slot& skippable_slot() {
  static const Slot slot = [] {
    Slot s;
    s.type = SlotType::kSerial;
    s.required = false;
    return s;
  }();
  return slot;
}

std::string number_text(double d) {
  return fmt::format("{:g}", d);
}

bool has_checkable(std::string_view words) {  // every value that is found beside an answer has a digit or an @
  return std::ranges::any_of(words, [](char c) { return (c >= '0' && c <= '9') || c == '@'; }) ||
         words.contains("\xef\xbc");  // full-width digits
}

}  // namespace

std::vector<Choice> Turn::slot_choices(const Slot& slot) {
  return slot.type == SlotType::kYesNo ? yes_no_choices() : choices(slot.options);
}

// The question for a slot, or for the value that waits to be confirmed.
void Turn::ask_for(const Slot& slot) {
  if (s().to_confirm.empty()) {
    ask(words(slot.ask), slot_choices(slot), slot.name);
    return;
  }
  const bool suggested = !s().as_written.empty();
  std::string label = slot.label.empty() ? slot.name : slot.label.in(s().language);
  std::string text =
      words(suggested ? "did_you_mean" : "confirm_value", {{"value", s().to_confirm}, {"label", std::move(label)}});
  ask(text.empty() ? s().to_confirm + "?" : std::move(text), yes_no_choices(), slot.name);
}

void Turn::answer_ask(const Script& script, const Ask& asks, const Step& step, const Said& e) {
  const auto declared = script.slots.find(asks.slot);
  if (declared == script.slots.end()) {
    go(asks.next);
    return;
  }
  const Slot& slot = declared->second;
  if (slot.type == SlotType::kPhoto) {
    if (e.attachments > 0) {
      trace("answer", fmt::format("{}: {} attached", slot.name, e.attachments));
      take_as("value", std::to_string(e.attachments), 1, "attached");
      say(words("attachment_received"));
      take_value(slot, script, asks, step, std::to_string(e.attachments));
      return;
    }
    const bool cannot = says_cannot() || understand_value(text_, skippable_slot(), s().language, lexicons()).as == As::kDontKnow;
    const Understood u =
        cannot ? Understood{As::kDontKnow, {}, 1, "has no photo"} : understand_value(text_, slot, s().language, lexicons());
    if (u.as == As::kQuestion) {
      side_question(u.why);
      return;
    }
    take_as(cannot ? "dont_know" : "nothing", {}, cannot ? 1 : 0, cannot ? "has no photo" : "no photo came");
    refuse_value(slot, asks, step, cannot, "no photo came");
    return;
  }
  if (!s().to_confirm.empty()) {
    answer_confirm(slot, script, asks, step, e);
    return;
  }
  Understood u;
  if (!e.choice.empty() && is_choice_of(slot, e.choice)) {
    u = {As::kValue, e.choice, 1, "pressed"};
  } else {
    u = understand_value(text_.empty() ? std::string_view(e.choice) : text_, slot, s().language, lexicons());
  }
  if (u.as == As::kQuestion) {
    side_question(u.why);
    return;
  }
  if (u.as == As::kValue || u.as == As::kOption) {
    trace("answer", slot.name + ": " + u.why);
    drop_beside(slot, script, u.value);
    take_as("value", u.value, u.confidence, u.why);
    hear_value(slot, script, asks, step, std::move(u.value), false);
    return;
  }
  take_as(u.as == As::kDontKnow ? "dont_know" : "nothing", {}, u.confidence, u.why);
  refuse_value(slot, asks, step, u.as == As::kDontKnow, u.why);
}

// "XPS 13, sn: PF1ABCD2": a model or name ends where a value of another slot begins.
void Turn::drop_beside(const Slot& slot, const Script& script, std::string& value) {
  if ((slot.type != SlotType::kModel && slot.type != SlotType::kName) || !has_checkable(value)) return;
  for (const std::string_view separator : {",", ";", "\n", "，", "；", "。"}) {
    const auto at = value.find(separator);
    if (at == 0 || at == std::string::npos) continue;
    if (values_in(std::string_view(value).substr(at + separator.size()), script.slots, s().language).empty()) continue;
    trace("answer", "the rest is something else: " + value.substr(at + separator.size()));
    value = text::trim(value.substr(0, at));
  }
}

// A value was understood: is it one of the allowed ones, and must it be read back?
void Turn::hear_value(const Slot& slot, const Script& script, const Ask& asks, const Step& step, std::string value,
                      bool confirmed) {
  if (std::string reason = out_of_range(slot, value); !reason.empty()) {
    take_as("nothing", {}, 0, reason);
    refuse_value(slot, asks, step, false, reason);
    return;
  }
  if (slot.catalogue) {
    const Catalogue& catalogue = *slot.catalogue;
    if (const Catalogue::Row* row = catalogue.find(value)) {
      trace("catalogue", fmt::format("'{}' is {} of {}", value, row->value, catalogue.name));
      value = row->value;
    } else if (std::string near = confirmed ? std::string() : catalogue.nearest(value); !near.empty()) {
      trace("catalogue", fmt::format("'{}' is not in {}; asks whether {} is meant", value, catalogue.name, near));
      s().to_confirm = std::move(near);
      s().as_written = text::cut(value, slot.max_length);
      ask_for(slot);
      return;
    } else if (!slot.open_catalogue) {
      trace("catalogue", fmt::format("'{}' is not in {}", value, catalogue.name));
      take_as("nothing", {}, 0, "not in the catalogue");
      const bool zh = s().language.starts_with("zh");
      refuse_value(slot, asks, step, false,
                   fmt::format(fmt::runtime(zh ? "我不认识“{}”。" : "I do not know “{}”."), text::cut(value, 60)));
      return;
    }
  }
  if (slot.confirm && !confirmed) {
    trace("confirm", slot.name + " is read back");
    s().to_confirm = std::move(value);
    s().as_written.clear();
    ask_for(slot);
    return;
  }
  take_value(slot, script, asks, step, std::move(value));
}

// The answer to "is that right?" or "did you mean …?".
void Turn::answer_confirm(const Slot& slot, const Script& script, const Ask& asks, const Step& step, const Said& e) {
  const bool suggested = !s().as_written.empty();
  const std::string offered = s().to_confirm, written = s().as_written;
  Understood u = e.choice == "yes" || e.choice == "no" ? Understood{As::kValue, e.choice, 1, "pressed"}
                                                       : understand_value(text_, yes_no_slot(), s().language, lexicons());
  const bool clear = u.as == As::kValue || u.as == As::kOption;
  if (clear && u.value == "yes") {
    trace("confirm", slot.name + ": yes, " + u.why);
    take_as("value", offered, u.confidence, u.why);
    hear_value(slot, script, asks, step, offered, true);
    return;
  }
  if (u.as == As::kQuestion) {
    side_question(u.why);
    return;
  }
  // "No, it is …": a better value in the same message.
  if (e.choice.empty() && (!clear || stands_out(slot.type))) {
    Understood v = understand_value(text_, slot, s().language, lexicons());
    if (v.as == As::kValue && v.value != offered && out_of_range(slot, v.value).empty()) {
      trace("confirm", slot.name + ": another value, " + v.why);
      take_as("value", v.value, v.confidence, v.why);
      s().to_confirm.clear();
      s().as_written.clear();
      // What was corrected on purpose is not read back once more, but a catalogue still has its say.
      if (slot.catalogue && slot.catalogue->find(v.value) == nullptr && v.value != written) {
        hear_value(slot, script, asks, step, std::move(v.value), false);
      } else {
        hear_value(slot, script, asks, step, std::move(v.value), true);
      }
      return;
    }
  }
  if (clear) {
    trace("confirm", slot.name + ": no, " + u.why);
    take_as("value", "no", u.confidence, u.why);
    s().to_confirm.clear();
    s().as_written.clear();
    if (suggested && slot.open_catalogue) {
      hear_value(slot, script, asks, step, written, true);
      return;
    }
    if (++s().misunderstood < kPatient) {
      ask_for(slot);
      return;
    }
    if (!slot.required) {
      refuse_value(slot, asks, step, false, "taken back three times");
      return;
    }
  } else {
    take_as("nothing", {}, 0, u.why);
    ++s().misunderstood;
    trace("reask", fmt::format("neither yes nor no to “{}” ({} in a row)", offered, s().misunderstood));
  }
  if (s().misunderstood >= kPatient) {
    // Neither confirmed nor replaced by a better one: kept, and marked as not sure.
    s().slots[slot.name + "_unverified"] = "yes";
    const std::string kept = suggested && slot.open_catalogue ? written : offered;
    say(words("unverified"));
    hear_value(slot, script, asks, step, kept, true);
    if (s().slots.contains(slot.name)) s().slots[slot.name + "_unverified"] = "yes";
    return;
  }
  ask_for(slot);
}

void Turn::take_value(const Slot& slot, const Script& script, const Ask& asks, const Step& step, std::string value) {
  s().to_confirm.clear();
  s().as_written.clear();
  if (slot.catalogue) {
    if (const Catalogue::Row* row = slot.catalogue->find(value)) {
      for (const auto& [name, v] : row->sets) {
        if (!v.empty()) s().slots[name] = v;
      }
    }
  }
  // A longer message may hold what would be asked next.
  if (text_.size() > value.size() + 4) prefill(script, text_, "the answer");
  s().slots[slot.name] = std::move(value);
  s().slots.erase(slot.name + "_unverified");
  note_tried(step, s().slots[slot.name]);
  proceed(asks.next);
}

void Turn::refuse_value(const Slot& slot, const Ask& asks, const Step& step, bool unknown, const std::string& why) {
  ++s().misunderstood;
  s().to_confirm.clear();
  s().as_written.clear();
  trace("reask", fmt::format("{} refused ({} in a row): {}", slot.name, s().misunderstood, why));
  const bool last = s().misunderstood >= kPatient;
  // Nobody can be made to send a photo: the third time it is left out even where it is wanted.
  if ((!slot.required && (unknown || last)) || (slot.type == SlotType::kPhoto && last)) {
    if (std::ranges::find(s().skipped, slot.name) == s().skipped.end()) s().skipped.push_back(slot.name);
    say(words("value_skipped"));
    note_tried(step, "not known");
    proceed(asks.next);
    return;
  }
  if (last) {
    // Never trap anybody: a person will make sense of it.
    s().slots[slot.name] = text::cut(text_, slot.max_length);
    s().slots[slot.name + "_unverified"] = "yes";
    trace("unverified", slot.name + " is kept as it was written");
    say(words("unverified"));
    proceed(asks.next);
    return;
  }
  std::string text;
  if (slot.type == SlotType::kPhoto) {
    text = words("photo_needed");
    if (text.empty()) text = words(slot.ask);
  } else {
    Values values = s().slots;
    values["reason"] = unknown ? std::string() : why;
    text = text::trim(fill(unknown              ? scripts_.text("value_needed", s().language)
                           : slot.reask.empty() ? scripts_.text("value_refused", s().language)
                                                : slot.reask.in(s().language),
                           values));
  }
  ask(std::move(text), slot_choices(slot), slot.name);
}

std::string Turn::out_of_range(const Slot& slot, std::string_view value) {
  if (slot.type != SlotType::kNumber || (!slot.min && !slot.max)) return {};
  double number = 0;
  const auto [end, error] = std::from_chars(value.data(), value.data() + value.size(), number);
  if (error != std::errc() || end != value.data() + value.size()) return {};
  if ((!slot.min || number >= *slot.min) && (!slot.max || number <= *slot.max)) return {};
  const bool zh = s().language.starts_with("zh");
  if (slot.min && slot.max)
    return fmt::format(fmt::runtime(zh ? "应在 {} 到 {} 之间。" : "It must be between {} and {}."), number_text(*slot.min),
                       number_text(*slot.max));
  if (slot.min) return fmt::format(fmt::runtime(zh ? "不能小于 {}。" : "It must be {} or more."), number_text(*slot.min));
  return fmt::format(fmt::runtime(zh ? "不能大于 {}。" : "It must be {} or less."), number_text(*slot.max));
}

// Values a message holds for slots that are still empty. Never overwrites.
void Turn::prefill(const Script& script, std::string_view from, std::string_view rule) {
  if (!has_checkable(from)) return;
  for (auto& [name, value] : values_in(from, script.slots, s().language)) {
    if (s().slots.emplace(name, std::move(value)).second) trace("prefill", fmt::format("{} was in {}", name, rule));
  }
}

// A photo that comes before it is asked for need not be asked for.
void Turn::note_photo(const Script& script) {
  for (const auto& [name, slot] : script.slots) {
    if (slot.type != SlotType::kPhoto || !s().slots.emplace(name, std::to_string(attachments_)).second) continue;
    trace("prefill", fmt::format("{}: {} attached", name, attachments_));
    return;
  }
}

}  // namespace usher::dialogs
