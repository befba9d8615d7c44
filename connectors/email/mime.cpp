#include "connectors/email/mime.h"

#include <algorithm>
#include <cctype>
#include <map>
#include <memory>

#include "base/crypto.h"
#include "base/text.h"
#include "connectors/email/calendar.h"
#include "connectors/email/charset.h"
#include "connectors/email/html_text.h"
#include "connectors/email/mime_header.h"
#include "connectors/email/mime_parts.h"
#include "connectors/email/plain_text.h"
#include "connectors/email/smime.h"
#include "connectors/email/tnef.h"

namespace usher::connectors::email {
namespace {

constexpr std::size_t kMaxUnwrapped = 4;  // signed mails within signed mails

using Leaves = std::vector<Leaf>;

class Reader {
 public:
  Reader(const MimeOptions& options, Mail& mail) : options_(options), mail_(mail), lenient_(lenient_options()) {
    g_mime_parser_options_set_warning_callback(lenient_.get(), &Reader::on_warning, this);
  }

  void read(std::string_view raw);

 private:
  // What goes where, by the rules of RFC 8621 §4.1.4 (the only written-down algorithm for "which parts are the text").
  struct Choice {
    Leaves text, html, attachments;
  };

  Leaf leaf(GMimeObject* object) { return leaf_of(object, lenient_.get(), options_.limits.max_field_bytes); }
  // Which of the two lists a part of an alternative has closed for what follows it on the same level.
  struct Off {
    bool text = false, html = false;
  };
  void walk(GMimeObject* object, std::string_view parent, std::size_t position, std::size_t depth, bool in_alternative, Off& off);
  void walk_children(GMimeMultipart* multipart, const std::string& subtype, std::size_t depth, bool in_alternative, Off off);
  GMimeObject* unwrapped(const Leaf& part);
  GMimeObject* with_its_own_boundary(std::string_view body, const std::string& subtype);
  void unpack_tnef(const Leaf& part);
  std::string decoded_text(const Leaf& part);
  void choose_text();
  void hand_on_attachments();
  void attach(const Leaf& part, bool is_inline);
  void attach(Attachment attachment, std::string bytes, bool is_type_sure);
  void note_special(const Leaf& part);
  void note_repeated_fields(GMimeObject* object);
  static void on_warning(gint64 offset, GMimeParserWarning code, const gchar* item, gpointer reader);
  void warn(std::string text) { email::warn(mail_, std::move(text)); }

  const MimeOptions& options_;
  Mail& mail_;
  ParserOptions lenient_;
  Choice chosen_;
  std::vector<Held<GMimeObject>> unwrapped_;  // what the leaves of opened wrappings point into
  std::map<std::size_t, Tnef> tnef_;          // by position of the part
  std::vector<std::string> cids_;
  std::size_t parts_ = 0;
};

void Reader::read(std::string_view raw) {
  GByteArray bytes{};
  auto message = parse_message(raw, bytes, lenient_.get());
  if (!message) {
    // No header at all: the whole is text.
    warn("no header; everything is text");
    mail_.text = head_of(to_utf8(head_of(raw, options_.max_text_bytes), {}), options_.max_text_bytes);
    mail_.plain_parts.push_back(mail_.text);
    return;
  }
  read_header(message.get(), lenient_.get(), options_.limits.max_field_bytes, mail_);
  if (auto* top = g_mime_message_get_mime_part(message.get()); top != nullptr) {
    Off off;
    mail_.content_type = leaf(top).type;
    if (auto* report = g_mime_object_get_content_type_parameter(top, "report-type"); report != nullptr) {
      mail_.report_type = text::to_lower_ascii(text::to_valid_utf8(report));
    }
    walk(top, {}, 0, 0, false, off);
  }
  for (const auto& part : chosen_.attachments) {
    if (part.is_tnef() || text::iequals_ascii(part.file_name, "winmail.dat")) unpack_tnef(part);
  }
  choose_text();
  hand_on_attachments();
}

void Reader::walk_children(GMimeMultipart* multipart, const std::string& subtype, std::size_t depth, bool in_alternative,
                           Off off) {
  auto texts = chosen_.text.size();
  auto htmls = chosen_.html.size();
  for (int i = 0; i < g_mime_multipart_get_count(multipart); ++i) {
    walk(g_mime_multipart_get_part(multipart, i), subtype, static_cast<std::size_t>(i), depth, in_alternative, off);
  }
  if (subtype != "alternative" || off.text || off.html) return;
  // Only one of the two kinds was offered: it serves for both.
  if (texts == chosen_.text.size() && htmls != chosen_.html.size()) {
    chosen_.text.insert(chosen_.text.end(), chosen_.html.begin() + static_cast<std::ptrdiff_t>(htmls), chosen_.html.end());
  } else if (htmls == chosen_.html.size() && texts != chosen_.text.size()) {
    chosen_.html.insert(chosen_.html.end(), chosen_.text.begin() + static_cast<std::ptrdiff_t>(texts), chosen_.text.end());
  }
}

void Reader::walk(GMimeObject* object, std::string_view parent, std::size_t position, std::size_t depth, bool in_alternative,
                  Off& off) {
  if (object == nullptr) return;
  if (depth > options_.limits.max_depth || ++parts_ > options_.limits.max_parts) {
    if (depth > options_.limits.max_depth)
      warn("parts nested deeper than " + std::to_string(options_.limits.max_depth) + "; the rest was not read");
    return;
  }
  auto part = leaf(object);
  part.position = parts_;
  note_special(part);
  note_repeated_fields(object);
  if (part.is_smime() || part.file_name.ends_with(".p7m")) {
    if (auto* inner = unwrapped(part); inner != nullptr) return walk(inner, parent, position, depth + 1, in_alternative, off);
  }
  if (GMIME_IS_MULTIPART(object)) {
    auto* multipart = GMIME_MULTIPART(object);
    auto subtype = part.type.substr(part.type.find('/') + 1);
    if (g_mime_multipart_get_count(multipart) == 0) {
      const auto body = view_of(g_mime_multipart_get_prologue(multipart));
      if (auto* inner = with_its_own_boundary(body, subtype); inner != nullptr)
        return walk(inner, parent, position, depth + 1, in_alternative, off);
      // A multipart without parts (no boundary, or none found): what is there is text.
      warn("a multipart without parts");
      auto text = to_utf8(body, {});
      if (!text.empty()) mail_.plain_parts.push_back(std::move(text));
      return;
    }
    return walk_children(multipart, subtype, depth + 1, in_alternative || subtype == "alternative", off);
  }
  bool is_inline = part.disposition != "attachment" && (part.is_text() || part.is_media()) &&
                   (position == 0 || (parent != "related" && (part.is_media() || part.file_name.empty())));
  if (!is_inline) {
    chosen_.attachments.push_back(std::move(part));
    return;
  }
  if (parent == "alternative") {
    auto& into = part.type == "text/plain" ? chosen_.text : part.type == "text/html" ? chosen_.html : chosen_.attachments;
    into.push_back(std::move(part));
    return;
  }
  if (in_alternative) {
    if (part.type == "text/plain") off.html = true;
    if (part.type == "text/html") off.text = true;
  }
  if (!off.text) chosen_.text.push_back(part);
  if (!off.html) chosen_.html.push_back(part);
  if ((off.text || off.html) && part.is_media()) chosen_.attachments.push_back(std::move(part));
}

void Reader::note_special(const Leaf& part) {
  if (part.type == "message/delivery-status" || part.type == "message/global-delivery-status") {
    mail_.delivery_status += to_utf8(head_of(content_of(part.object), options_.max_text_bytes), {}) + "\n";
  } else if (part.type == "text/rfc822-headers" || part.type == "message/global-headers") {
    mail_.returned_header = to_utf8(head_of(content_of(part.object), options_.max_text_bytes), {});
  } else if (GMIME_IS_MESSAGE_PART(part.object) && mail_.returned_header.empty()) {
    if (auto* inner = g_mime_message_part_get_message(GMIME_MESSAGE_PART(part.object)); inner != nullptr) {
      mail_.returned_header =
          to_utf8(head_of(take_string(g_mime_object_get_headers(GMIME_OBJECT(inner), nullptr)), options_.max_text_bytes), {});
    }
  } else if (part.type == "text/calendar") {
    mail_.calendar_method =
        text::to_lower_ascii(text::to_valid_utf8(view_of(g_mime_object_get_content_type_parameter(part.object, "method"))));
    // A calendar file somebody attaches is a file; an invitation is what the mail says.
    if (mail_.calendar.empty() && (part.disposition != "attachment" || !mail_.calendar_method.empty())) {
      auto charset = view_of(g_mime_object_get_content_type_parameter(part.object, "charset"));
      mail_.calendar =
          calendar_line(to_utf8(head_of(content_of(part.object), options_.max_text_bytes), charset), mail_.calendar_method);
    }
  } else if (part.type == "multipart/encrypted") {
    mail_.is_encrypted = true;
  }
}

// A field that may stand once and stands twice: other programs may take the other one.
void Reader::note_repeated_fields(GMimeObject* object) {
  auto* list = g_mime_object_get_header_list(object);
  for (const auto* name : {"Content-Type", "Content-Transfer-Encoding", "Content-Disposition"}) {
    int count = 0;
    for (int i = 0; i < g_mime_header_list_get_count(list); ++i) {
      if (text::iequals_ascii(view_of(g_mime_header_get_name(g_mime_header_list_get_header_at(list, i))), name)) ++count;
    }
    if (count > 1) warn(std::string("ambiguous: several ") + name + " fields");
  }
}

// Of all GMime notices, what another program may read differently.
void Reader::on_warning(gint64 /*offset*/, GMimeParserWarning code, const gchar* /*item*/, gpointer reader) {
  auto* self = static_cast<Reader*>(reader);
  if (code == GMIME_WARN_MALFORMED_MULTIPART) self->warn("ambiguous: no part was found where parts were announced");
  if (code == GMIME_WARN_TRUNCATED_MESSAGE) self->warn("ambiguous: the last part has no end");
  if (code == GMIME_WARN_MALFORMED_MESSAGE) self->warn("ambiguous: the header is broken");
}

// The signed mail inside an opaque signature, or null when there is none to be had.
GMimeObject* Reader::unwrapped(const Leaf& part) {
  if (unwrapped_.size() >= kMaxUnwrapped) return nullptr;
  auto opened = open_smime(content_of(part.object));
  if (opened.kind == Smime::Kind::kSigned) {
    auto tamed = guard_mime(opened.content, options_.limits, mail_.warnings);
    if (auto entity = parse_entity(tamed ? *tamed : opened.content, lenient_.get())) {
      warn("S/MIME: the signature was not checked");
      unwrapped_.push_back(std::move(entity));
      return unwrapped_.back().get();
    }
  }
  if (opened.kind == Smime::Kind::kCertificates || (!part.is_smime() && opened.kind != Smime::Kind::kEncrypted)) return nullptr;
  mail_.is_encrypted = true;
  if (opened.kind != Smime::Kind::kEncrypted) warn("S/MIME that cannot be read");
  return nullptr;
}

// The parts of a multipart whose boundary is another than its header says (gateways rewrite one of the two), or null. A boundary
// is a line "--…" that a field follows.
GMimeObject* Reader::with_its_own_boundary(std::string_view body, const std::string& subtype) {
  if (unwrapped_.size() >= kMaxUnwrapped) return nullptr;
  for (std::size_t at = 0, lines = 0; at < body.size() && lines < 100; ++lines) {
    const auto end = std::min(body.find('\n', at), body.size());
    auto line = body.substr(at, end - at);
    at = end + 1;
    while (line.ends_with('\r') || line.ends_with(' ')) line.remove_suffix(1);
    if (!line.starts_with("--") || line.size() < 4 || line.size() > 72 || line.find('"') != std::string_view::npos) continue;
    const auto next = body.substr(std::min(at, body.size()));
    if (!text::iequals_ascii(next.substr(0, 8), "Content-") ||
        next.substr(0, next.find('\n')).find(':') == std::string_view::npos)
      continue;
    std::string entity = "Content-Type: multipart/" + subtype + "; boundary=\"" + std::string(line.substr(2)) + "\"\n\n";
    entity += body;
    const auto tamed = guard_mime(entity, options_.limits, mail_.warnings);
    auto parsed = parse_entity(tamed ? *tamed : entity, lenient_.get());
    if (!parsed || !GMIME_IS_MULTIPART(parsed.get()) || g_mime_multipart_get_count(GMIME_MULTIPART(parsed.get())) == 0)
      return nullptr;
    warn("ambiguous: the parts are divided by another boundary than the one announced");
    unwrapped_.push_back(std::move(parsed));
    return unwrapped_.back().get();
  }
  return nullptr;
}

void Reader::unpack_tnef(const Leaf& part) {
  if (auto opened = read_tnef(content_of(part.object), options_.max_text_bytes)) {
    if (opened->is_damaged) warn("winmail.dat is damaged; it is kept beside what could be read of it");
    tnef_.emplace(part.position, std::move(*opened));
  } else {
    warn("winmail.dat cannot be read");
  }
}

std::string Reader::decoded_text(const Leaf& part) {
  auto bytes = content_of(part.object);
  bool is_html = part.type == "text/html";
  // HTML carries more than its text: three times the room before it is cut.
  auto room = options_.max_text_bytes * (is_html ? 3 : 1);
  if (bytes.size() > room) {
    bytes.resize(head_of(bytes, room).size());
    warn("the text is too long; the rest is in the raw mail");
  }
  auto charset = view_of(g_mime_object_get_content_type_parameter(part.object, "charset"));
  auto utf8 = to_utf8(bytes, charset, is_html ? html_declared_charset(bytes) : std::string{});
  if (is_html) return utf8;
  auto is = [&](const char* parameter, std::string_view value) {
    return text::iequals_ascii(view_of(g_mime_object_get_content_type_parameter(part.object, parameter)), value);
  };
  return is("format", "flowed") ? unflow(utf8, is("delsp", "yes")) : with_line_feeds(utf8);
}

void Reader::choose_text() {
  std::string plain;
  std::string beside;  // the plain parts, and what stands between them as HTML and nowhere as plain text
  std::string from_html;
  auto add = [](std::string& to, const std::string& more) {
    if (!to.empty() && !to.ends_with('\n')) to += '\n';
    to += more;
  };
  for (const auto& text : mail_.plain_parts) add(plain, text);
  for (const auto& part : chosen_.text) {
    if (part.type != "text/plain") continue;
    mail_.plain_parts.push_back(decoded_text(part));
    add(plain, mail_.plain_parts.back());
  }
  if (!is_blank(plain) &&
      std::any_of(chosen_.text.begin(), chosen_.text.end(), [](const Leaf& p) { return p.type == "text/html"; })) {
    std::size_t next = mail_.plain_parts.size();
    for (const auto& part : chosen_.text) next -= part.type == "text/plain" ? 1 : 0;
    for (std::size_t i = 0; i < next; ++i) add(beside, mail_.plain_parts[i]);
    for (const auto& part : chosen_.text) {
      if (part.type == "text/plain") add(beside, mail_.plain_parts[next++]);
      if (part.type != "text/html") continue;
      const auto said = html_to_text(decoded_text(part), options_.max_text_bytes).text;
      if (!says_the_same(plain, said)) add(beside, said);
    }
  }
  for (const auto& part : chosen_.html) {
    if (part.type == "text/html") {
      mail_.html_parts.push_back(decoded_text(part));
      auto html = html_to_text(mail_.html_parts.back(), options_.max_text_bytes);
      if (html.is_cut) warn("the HTML is too long or nested too deep; its text is rough or incomplete");
      cids_.insert(cids_.end(), html.cids.begin(), html.cids.end());
      add(from_html, html.text);
    } else if (part.type == "text/plain" && !mail_.html_parts.empty()) {
      add(from_html, decoded_text(part));
    }
  }
  mail_.is_from_html = !mail_.html_parts.empty() && is_placeholder(plain, from_html);
  mail_.text = mail_.is_from_html ? std::move(from_html) : std::move(beside.empty() ? plain : beside);
  if (is_blank(mail_.text)) {
    for (const auto& [position, tnef] : tnef_) add(mail_.text, tnef.text);
  }
  if (auto bare = without_pgp_armour(mail_.text)) {
    mail_.text = std::move(*bare);
    warn("PGP: the signature was not checked");
  }
  if (mail_.text.find("-----BEGIN PGP MESSAGE-----") != std::string::npos) mail_.is_encrypted = true;
  if (!mail_.calendar.empty()) mail_.text = mail_.calendar + (is_blank(mail_.text) ? "\n" : "\n\n" + mail_.text);
  mail_.text.resize(head_of(mail_.text, options_.max_text_bytes).size());
}

// In the order of the mail. Pictures between the paragraphs are in both lists of text; they are handed on once.
void Reader::hand_on_attachments() {
  std::map<std::size_t, std::pair<const Leaf*, bool>> in_order;
  for (const auto* list : {&chosen_.text, &chosen_.html}) {
    for (const auto& part : *list) {
      if (!part.is_text()) in_order[part.position] = {&part, true};
    }
  }
  for (const auto& part : chosen_.attachments) in_order[part.position] = {&part, false};
  for (const auto& [position, entry] : in_order) attach(*entry.first, entry.second);
}

void Reader::attach(const Leaf& part, bool is_inline) {
  auto tnef = tnef_.find(part.position);
  if (tnef != tnef_.end()) {
    for (auto& file : tnef->second.files) {
      Attachment attachment;
      attachment.file_name = std::move(file.file_name);
      attachment.content_type = file.content_type.find('/') == std::string::npos ? "application/octet-stream" : file.content_type;
      attachment.content_id = std::move(file.content_id);
      attach(std::move(attachment), std::move(file.content), false);
    }
    if (!tnef->second.is_damaged) return;
  }
  Attachment attachment;
  attachment.file_name = part.file_name;
  if (attachment.file_name.empty() && GMIME_IS_MESSAGE_PART(part.object)) attachment.file_name = "message.eml";
  attachment.content_type = part.type;
  attachment.content_id = part.content_id;
  attachment.is_inline = is_inline;
  attach(std::move(attachment), content_of(part.object), GMIME_IS_MESSAGE_PART(part.object));
}

void Reader::attach(Attachment attachment, std::string bytes, bool is_type_sure) {
  if (attachment.file_name.empty()) attachment.file_name = default_file_name(attachment.content_type);
  attachment.file_name = harmless_file_name(attachment.file_name);
  if (bytes.size() > options_.max_attachment_bytes)
    return warn("attachment " + attachment.file_name + " is over the size limit; it is in the raw mail");
  if (mail_.attachments.size() >= options_.limits.max_parts) return warn("too many attachments; the rest is in the raw mail");
  auto found = attachment.content_type;
  if (!is_type_sure && options_.sniff_types && !bytes.empty()) {
    found = found_type_of(bytes);
    attachment.content_type = better_type(found, attachment.content_type);
  }
  attachment.sha256 = crypto::sha256_hex(bytes);
  attachment.is_inline = attachment.is_inline || (!attachment.content_id.empty() &&
                                                  std::find(cids_.begin(), cids_.end(), attachment.content_id) != cids_.end());
  attachment.content = std::make_shared<const std::string>(std::move(bytes));
  mail_.attachments.push_back(std::move(attachment));
  mail_.found_types.push_back(std::move(found));
}

}  // namespace

Mail parse_mail(std::string_view raw, const MimeOptions& options) {
  Mail mail;
  auto tamed = guard_mime(raw, options.limits, mail.warnings);
  Reader(options, mail).read(tamed ? std::string_view(*tamed) : raw);
  return mail;
}

}  // namespace usher::connectors::email
