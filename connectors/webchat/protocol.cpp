#include "connectors/webchat/protocol.h"

#include <algorithm>
#include <array>
#include <iterator>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "base/text.h"

namespace usher::connectors::webchat {
namespace {

using nlohmann::json;

// The fields any client frame may have. Read by a SAX pass without building a tree: this runs once per message of every customer.
struct Fields {
  std::optional<std::string> t, session, lang, cmid, text, choice;
  std::optional<std::int64_t> v, seq;
};

struct Known {
  std::string_view name;
  std::optional<std::string> Fields::* text = nullptr;
  std::optional<std::int64_t> Fields::* number = nullptr;
};

class FrameReader final : public nlohmann::json_sax<json> {
 public:
  Fields fields;
  std::string error;

  bool null() override { return scalar("null"); }
  bool boolean(bool) override { return scalar("boolean"); }
  bool number_integer(number_integer_t value) override { return integer(value); }
  bool number_unsigned(number_unsigned_t value) override {
    if (value > static_cast<number_unsigned_t>(INT64_MAX)) return scalar("number out of range");
    return integer(static_cast<std::int64_t>(value));
  }
  bool number_float(number_float_t, const string_t&) override { return scalar("number with a fraction"); }
  bool string(string_t& value) override {
    if (depth_ != 1 || current_ == nullptr) return depth_ > 0 || refuse("a frame is a JSON object");
    if (current_->text == nullptr) return wrong_type("a string");
    fields.*(current_->text) = std::move(value);
    return true;
  }
  bool binary(binary_t&) override { return refuse("binary value"); }
  bool start_object(std::size_t) override { return open("an object"); }
  bool start_array(std::size_t) override {
    if (depth_ == 0) return refuse("a frame is a JSON object");
    return open("an array");
  }
  bool end_object() override { return close(); }
  bool end_array() override { return close(); }
  bool key(string_t& name) override {
    if (depth_ != 1) return true;
    current_ = nullptr;
    for (const Known& known : kKnown) {
      if (known.name != name) continue;
      current_ = &known;
      const bool seen = known.text != nullptr ? (fields.*(known.text)).has_value() : (fields.*(known.number)).has_value();
      if (seen) return refuse("the field '" + name + "' appears twice");
      return true;
    }
    return true;
  }
  bool parse_error(std::size_t position, const std::string&, const json::exception&) override {
    return refuse("not valid JSON at byte " + std::to_string(position));
  }

 private:
  static constexpr std::array<Known, 8> kKnown{{{"t", &Fields::t},
                                                {"cmid", &Fields::cmid},
                                                {"text", &Fields::text},
                                                {"choice", &Fields::choice},
                                                {"session", &Fields::session},
                                                {"lang", &Fields::lang},
                                                {"v", nullptr, &Fields::v},
                                                {"seq", nullptr, &Fields::seq}}};

  bool integer(std::int64_t value) {
    if (depth_ != 1 || current_ == nullptr || current_->number == nullptr) return scalar("a number");
    fields.*(current_->number) = value;
    return true;
  }
  bool scalar(std::string_view what) {
    if (depth_ == 0) return refuse("a frame is a JSON object");
    if (depth_ == 1 && current_ != nullptr) return wrong_type(what);
    return true;
  }
  bool wrong_type(std::string_view what) {
    return refuse("the field '" + std::string(current_->name) + "' must be " +
                  (current_->text != nullptr ? "a string" : "a whole number") + ", not " + std::string(what));
  }
  bool open(std::string_view what) {
    if (depth_ == 1 && current_ != nullptr) return wrong_type(what);
    if (depth_ >= kMaxFrameDepth) return refuse("nested deeper than " + std::to_string(kMaxFrameDepth));
    ++depth_;
    return true;
  }
  bool close() {
    --depth_;
    return true;
  }
  bool refuse(std::string why) {
    if (error.empty()) error = std::move(why);
    return false;
  }

  int depth_ = 0;
  const Known* current_ = nullptr;
};

Result<Fields> read_fields(std::string_view text) {
  if (text.size() > kMaxFrameBytes) return fail(ErrorCode::kTooLarge, "the frame is larger than 64 KiB");
  // The library takes a NUL for the end of its input and would not look at what follows.
  if (text.find('\0') != std::string_view::npos) return fail(ErrorCode::kInvalid, "not valid JSON: it holds a NUL byte");
  FrameReader reader;
  try {
    if (json::sax_parse(text.begin(), text.end(), &reader)) return std::move(reader.fields);
  } catch (const std::exception& e) {
    return fail(ErrorCode::kInvalid, "not valid JSON", e.what());
  }
  return fail(ErrorCode::kInvalid, reader.error.empty() ? "not valid JSON" : std::move(reader.error));
}

bool is_cmid(std::string_view cmid) {
  return !cmid.empty() && cmid.size() <= kMaxCmidBytes && std::ranges::all_of(cmid, [](char c) {
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '.' || c == '_' || c == ':' ||
           c == '-';
  });
}

bool is_plain_ascii(std::string_view s) {
  return std::ranges::all_of(s, [](char c) { return c >= 0x20 && c < 0x7f; });
}

Result<Msg> make_msg(std::string cmid, Fields fields) {
  return make_message(std::move(cmid), std::move(fields.text).value_or(""), std::move(fields.choice).value_or(""), false);
}

// Writes one JSON object by appending: the frames are small, flat and many, and a tree of nodes would cost ten times as much.
class ObjectWriter {
 public:
  explicit ObjectWriter(std::size_t size_hint) { out_.reserve(size_hint + 64); }
  ObjectWriter& text(std::string_view name, std::string_view value) {
    begin(name);
    quote(value);
    return *this;
  }
  ObjectWriter& number(std::string_view name, std::int64_t value) {
    begin(name);
    fmt::format_to(std::back_inserter(out_), "{}", value);
    return *this;
  }
  ObjectWriter& boolean(std::string_view name, bool value) { return raw(name, value ? "true" : "false"); }
  ObjectWriter& raw(std::string_view name, std::string_view json_text) {
    begin(name);
    out_ += json_text;
    return *this;
  }
  std::string done() {
    out_ += '}';
    return std::move(out_);
  }

 private:
  void begin(std::string_view name) {
    out_ += out_.empty() ? '{' : ',';
    out_ += '"';
    out_ += name;  // ours: needs no escaping
    out_ += "\":";
  }
  void quote(std::string_view value) {
    const bool ascii = std::ranges::all_of(value, [](char c) { return static_cast<unsigned char>(c) < 0x80; });
    if (!ascii && !text::is_valid_utf8(value)) return quote(text::to_valid_utf8(value));
    out_ += '"';
    std::size_t plain = 0;  // begin of what can be copied as it is
    for (std::size_t i = 0; i < value.size(); ++i) {
      const auto c = static_cast<unsigned char>(value[i]);
      if (c >= 0x20 && c != '"' && c != '\\') continue;
      out_ += value.substr(plain, i - plain);
      plain = i + 1;
      switch (c) {
        case '"':
          out_ += "\\\"";
          break;
        case '\\':
          out_ += "\\\\";
          break;
        case '\n':
          out_ += "\\n";
          break;
        case '\t':
          out_ += "\\t";
          break;
        default:
          fmt::format_to(std::back_inserter(out_), "\\u{:04x}", c);
      }
    }
    out_ += value.substr(plain);
    out_ += '"';
  }

  std::string out_;
};

std::string files_text(const std::vector<std::string>& names) {
  std::string out = "[";
  for (const std::string& name : names) {
    if (out.size() > 1) out += ',';
    out += ObjectWriter(name.size()).text("name", name).done();
  }
  return out + "]";
}

std::string choices_text(const std::vector<Choice>& choices) {
  std::string out = "[";
  for (const Choice& c : choices) {
    if (out.size() > 1) out += ',';
    out += ObjectWriter(c.id.size() + c.label.size()).text("id", c.id).text("label", c.label).done();
  }
  return out + "]";
}

}  // namespace

Result<ClientFrame> parse_client_frame(std::string_view text) {
  auto fields = read_fields(text);
  if (!fields) return fail(std::move(fields.error()));
  if (!fields->t) return fail(ErrorCode::kInvalid, "the frame has no type: 't' is missing");
  if (*fields->t == "msg") {
    std::string cmid = std::move(fields->cmid).value_or("");
    auto msg = make_msg(std::move(cmid), std::move(*fields));
    if (!msg) return fail(std::move(msg.error()));
    return ClientFrame(std::move(*msg));
  }
  if (*fields->t == "hello") {
    if (fields->v.value_or(1) != 1) return fail(ErrorCode::kInvalid, "protocol version 'v' must be 1");
    Hello hello{std::move(fields->session).value_or(""), fields->seq.value_or(0), std::move(fields->lang).value_or("")};
    if (hello.session.size() > 128) return fail(ErrorCode::kInvalid, "'session' is not one of ours");
    if (hello.seq < 0) return fail(ErrorCode::kInvalid, "'seq' must not be negative");
    if (hello.lang.size() > 35) return fail(ErrorCode::kInvalid, "'lang' must be a language tag like \"en\"");
    return ClientFrame(std::move(hello));
  }
  return fail(ErrorCode::kInvalid, "unknown frame type '" + text::cut(text::to_valid_utf8(*fields->t), 40) + "'");
}

Result<Msg> make_message(std::string cmid, std::string words, std::string choice, bool has_files) {
  if (!is_cmid(cmid)) return fail(ErrorCode::kInvalid, "'cmid' must be 1 to 64 letters, digits or . _ : -");
  Msg msg{.cmid = std::move(cmid)};
  msg.choice = text::to_valid_utf8(choice);
  if (msg.choice.size() > kMaxChoiceBytes) return fail(ErrorCode::kInvalid, "'choice' is longer than 200 bytes");
  msg.text = is_plain_ascii(words) ? std::move(words) : text::to_valid_utf8(words);
  if (!has_files && msg.choice.empty() && text::trim(msg.text).empty())
    return fail(ErrorCode::kInvalid, "a message needs 'text' or 'choice'");
  return msg;
}

Result<Msg> parse_post(std::string_view cmid, std::string_view text) {
  auto fields = read_fields(text);
  if (!fields) return fail(std::move(fields.error()));
  return make_msg(std::string(cmid), std::move(*fields));
}

Result<std::string> parse_session_request(std::string_view text) {
  if (text.empty()) return std::string();
  auto fields = read_fields(text);
  if (!fields) return fail(std::move(fields.error()));
  return std::move(fields->lang).value_or("");
}

std::string language_of(std::string_view tag) {
  const std::string primary = text::to_lower_ascii(tag.substr(0, tag.find_first_of("-_")));
  return primary == "en" || primary == "zh" ? primary : std::string();
}

std::string welcome_frame(std::string_view session, std::string_view conversation, std::int64_t seq, std::string_view ref) {
  ObjectWriter out(session.size() + conversation.size() + ref.size());
  return out.text("t", "welcome")
      .text("session", session)
      .text("conversation", conversation)
      .number("seq", seq)
      .text("ref", ref)
      .done();
}

std::string message_frame(const ChatMessage& m) {
  ObjectWriter out(m.text.size() + m.html.size() + 64 * (m.choices.size() + 2));
  out.text("t", "message").number("seq", m.seq).text("id", m.id).text("from", m.from).text("text", m.text);
  if (!m.html.empty()) out.text("html", m.html);
  if (!m.choices.empty()) out.raw("choices", choices_text(m.choices));
  if (!m.slot.empty()) out.text("slot", m.slot);
  if (!m.picture.empty()) out.text("picture", m.picture);
  if (!m.files.empty()) out.raw("files", files_text(m.files));
  return out.text("at", to_rfc3339(m.at)).done();
}

std::string ack_frame(std::string_view cmid, std::string_view id, std::int64_t seq, std::string_view ref) {
  ObjectWriter out(cmid.size() + id.size() + ref.size());
  return out.text("t", "ack").text("cmid", cmid).text("id", id).number("seq", seq).text("ref", ref).done();
}

std::string nack_frame(const Nack& nack) {
  ObjectWriter out(nack.cmid.size() + nack.message.size());
  out.text("t", "nack").text("cmid", nack.cmid).text("code", nack.code).text("message", nack.message);
  if (nack.retry_after) out.number("retry_after_ms", nack.retry_after->count());
  return out.done();
}

std::string ref_frame(std::string_view ref, bool provisional) {
  return ObjectWriter(ref.size()).text("t", "ref").text("ref", ref).boolean("provisional", provisional).done();
}

std::string pause_frame(std::chrono::milliseconds retry_after) {
  return ObjectWriter(0).text("t", "pause").number("retry_after_ms", retry_after.count()).done();
}

std::string bye_frame(std::string_view resume, std::chrono::milliseconds retry_after) {
  return ObjectWriter(resume.size()).text("t", "bye").text("resume", resume).number("retry_after_ms", retry_after.count()).done();
}

std::string error_frame(std::string_view code, std::string_view message) {
  return ObjectWriter(message.size()).text("t", "error").text("code", code).text("message", message).done();
}

std::string session_body(std::string_view session, const ChatMessage& greeting) {
  return ObjectWriter(session.size()).text("session", session).raw("greeting", message_frame(greeting)).done();
}

std::string posted_body(std::string_view id, std::int64_t seq, std::string_view ref) {
  return ObjectWriter(id.size() + ref.size()).text("id", id).number("seq", seq).text("ref", ref).done();
}

std::string messages_body(const std::vector<ChatMessage>& messages, std::int64_t seq, std::string_view ref) {
  std::string list = "[";
  for (const ChatMessage& m : messages) {
    if (list.size() > 1) list += ',';
    list += message_frame(m);
  }
  list += "]";
  return ObjectWriter(list.size()).raw("messages", list).number("seq", seq).text("ref", ref).done();
}

std::string files_body(std::size_t max_bytes, std::size_t max_files) {
  return ObjectWriter(0)
      .number("max_bytes", static_cast<std::int64_t>(max_bytes))
      .number("max_files", static_cast<std::int64_t>(max_files))
      .done();
}

std::string problem_body(std::string_view code, std::string_view message) {
  const std::string error = ObjectWriter(message.size()).text("code", code).text("message", message).done();
  return ObjectWriter(error.size()).raw("error", error).done();
}

}  // namespace usher::connectors::webchat
