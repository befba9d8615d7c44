#include "connectors/email/html_text.h"

#include <algorithm>
#include <array>
#include <memory>
#include <optional>

#include <libxml/HTMLparser.h>

#include "base/text.h"
#include "connectors/email/plain_text.h"

namespace usher::connectors::email {
namespace {

template <std::size_t N>
bool is_one_of(std::string_view name, const std::array<std::string_view, N>& names) {
  return std::binary_search(names.begin(), names.end(), name);
}
template <std::size_t N>
constexpr std::array<std::string_view, N> sorted(std::array<std::string_view, N> names) {
  std::sort(names.begin(), names.end());
  return names;
}
constexpr auto kInvisible =
    sorted(std::to_array<std::string_view>({"script", "style", "head", "title", "noscript", "template", "object", "iframe",
                                            "select", "audio", "textarea", "video", "svg"}));
constexpr auto kBlocks = sorted(
    std::to_array<std::string_view>({"div",  "table",   "tr",      "ul",     "ol",     "dl",         "dt",   "dd",      "section",
                                     "form", "article", "header",  "footer", "nav",    "address",    "main", "aside",   "center",
                                     "li",   "tbody",   "caption", "thead",  "figure", "figcaption", "body", "fieldset"}));
constexpr auto kParagraphs =
    sorted(std::to_array<std::string_view>({"p", "h1", "h2", "h3", "h4", "h5", "h6", "pre", "blockquote"}));
// How mail programs mark what they quote.
constexpr auto kQuoteClasses = sorted(std::to_array<std::string_view>(
    {"gmail_quote", "yahoo_quoted", "protonmail_quote", "tutanota_quote", "zmail_extra", "moz-forward-container"}));
// The same by id, lower case: Outlook on the web and for Mac, NetEase, Sina, 139.
constexpr auto kQuoteIds =
    sorted(std::to_array<std::string_view>({"mail-editor-reference-message-container", "olk_src_body_section", "isforwardcontent",
                                            "origbody", "reply139content", "isreplycontent"}));

std::string_view as_view(const xmlChar* s) {
  return s == nullptr ? std::string_view{} : reinterpret_cast<const char*>(s);
}

std::string attribute(const xmlNode* node, const char* name) {
  for (const auto* a = node->properties; a != nullptr; a = a->next) {
    if (as_view(a->name) == name && a->children != nullptr) return std::string(as_view(a->children->content));
  }
  return {};
}

// Gmail's frame around an introduction and what it quotes: who answers between the lines writes into it, beside the blockquotes.
bool is_frame_of_quotes(const xmlNode* node) {
  for (const auto* child = node->children; child != nullptr; child = child->next) {
    if (child->type == XML_ELEMENT_NODE && as_view(child->name) == "blockquote") return true;
  }
  return false;
}

bool is_quote(const xmlNode* node, std::string_view name) {
  if (name == "blockquote") return true;
  if (name != "div" && name != "span" && name != "table") return false;
  if (node->properties == nullptr) return false;
  if (auto id = attribute(node, "id"); !id.empty() && is_one_of(text::to_lower_ascii(id), kQuoteIds)) return true;
  if (name == "div" && (attribute(node, "name") == "quote" || attribute(node, "name") == "messageReplySection"))
    return true;  // GMX, Spark
  auto classes = attribute(node, "class");
  if (classes.empty()) return false;
  for (const auto& word : text::split(classes, ' ')) {
    if (is_one_of(word, kQuoteClasses)) return word != "gmail_quote" || !is_frame_of_quotes(node);
  }
  return false;
}

bool is_hidden(const xmlNode* node) {
  if (node->properties == nullptr) return false;
  auto style = text::to_lower_ascii(attribute(node, "style"));
  if (style.empty()) return false;
  std::erase(style, ' ');
  return style.find("display:none") != std::string::npos || style.find("mso-hide:all") != std::string::npos;
}

// Collects lines: knows about pending blank lines, collapsed white space and quote depth.
class Writer {
 public:
  explicit Writer(std::size_t max_bytes) : max_bytes_(max_bytes) {}

  void words(std::string_view s, bool is_preformatted) {
    for (std::size_t i = 0; i < s.size() && !is_full();) {
      if (is_preformatted && s[i] == '\n') {
        line_break();
        ++i;
        continue;
      }
      bool is_space = s[i] == ' ' || s[i] == '\t' || s[i] == '\n' || s[i] == '\r' || s[i] == '\f';
      if (is_space && !is_preformatted) {
        has_space_ = true;
        ++i;
        continue;
      }
      if (s.substr(i, 2) == "\xC2\xA0") {  // no-break space
        put(" ");
        i += 2;
        continue;
      }
      auto end = i + 1;
      while (end < s.size() && s[end] != '\n' && (is_preformatted || (s[end] != ' ' && s[end] != '\t' && s[end] != '\r')) &&
             s.substr(end, 2) != "\xC2\xA0") {
        ++end;
      }
      put(s.substr(i, end - i));
      i = end;
    }
  }
  void block() {
    if (is_line_open_) line_break();
    has_space_ = false;
  }
  void paragraph() {
    block();
    blank_depth_ = wants_blank_ ? std::min(blank_depth_, depth_) : depth_;
    wants_blank_ = !out_.empty();
  }
  void line_break() {
    if (!is_line_open_) start_line();
    out_ += '\n';
    is_line_open_ = false;
    has_space_ = false;
  }
  void cell() {
    if (is_line_open_) has_space_ = true;
  }
  void quote(int by) {
    block();
    depth_ = std::max(0, depth_ + by);
    blank_depth_ = std::min(blank_depth_, depth_);
  }
  bool is_full() const { return out_.size() >= max_bytes_; }
  std::string take() { return std::move(out_); }

 private:
  static std::string quote_marks(int depth) {
    return depth == 0 ? std::string{} : std::string(static_cast<std::size_t>(std::min(depth, 20)), '>') + " ";
  }
  void start_line() {
    if (std::exchange(wants_blank_, false)) out_ += quote_marks(blank_depth_) + "\n";
    out_ += quote_marks(depth_);
    is_line_open_ = true;
  }
  void put(std::string_view s) {
    bool has_space = std::exchange(has_space_, false) && is_line_open_;
    if (!is_line_open_) start_line();
    if (has_space) out_ += ' ';
    out_ += s;
  }

  std::size_t max_bytes_;
  std::string out_;
  int depth_ = 0;
  int blank_depth_ = 0;  // of the blank line that is wanted: the lower of the two it stands between
  bool is_line_open_ = false;
  bool has_space_ = false;
  bool wants_blank_ = false;
};

// Where a link leads, when that says more than its text does.
std::string link_note(const xmlNode* node) {
  auto href = attribute(node, "href");
  if (!href.starts_with("http://") && !href.starts_with("https://") && !href.starts_with("ftp://")) return {};
  if (href.size() > 500) return {};
  auto* content = xmlNodeGetContent(node);
  auto label = text::collapse_spaces(as_view(content));
  xmlFree(content);
  if (label.empty() || href.find(label) != std::string::npos) return {};
  return " (" + href + ")";
}

struct Walk {
  Writer writer;
  std::vector<std::string> cids;
  int preformatted = 0;
};

// False: skip what is inside.
bool enter(Walk& walk, const xmlNode* node) {
  if (node->type == XML_TEXT_NODE || node->type == XML_CDATA_SECTION_NODE) {
    walk.writer.words(as_view(node->content), walk.preformatted > 0);
    return false;
  }
  if (node->type != XML_ELEMENT_NODE) return false;
  auto name = as_view(node->name);
  if (is_one_of(name, kInvisible) || is_hidden(node)) return false;
  if (is_one_of(name, kParagraphs)) walk.writer.paragraph();
  if (is_quote(node, name)) walk.writer.quote(1);
  if (is_one_of(name, kBlocks)) {
    walk.writer.block();
  } else if (name == "br") {
    walk.writer.line_break();
  } else if (name == "hr") {
    walk.writer.block();
    walk.writer.words("________________________________", false);
    walk.writer.block();
  } else if (name == "td" || name == "th") {
    walk.writer.cell();
  } else if (name == "img") {
    auto source = attribute(node, "src");
    if (source.starts_with("cid:")) walk.cids.push_back(text::url_decode(source.substr(4)));
  }
  if (name == "li") walk.writer.words("- ", true);
  if (name == "pre") ++walk.preformatted;
  return true;
}

void leave(Walk& walk, const xmlNode* node) {
  auto name = as_view(node->name);
  if (is_quote(node, name)) walk.writer.quote(-1);
  if (is_one_of(name, kParagraphs)) {
    walk.writer.paragraph();
  } else if (is_one_of(name, kBlocks)) {
    walk.writer.block();
  } else if (name == "a") {
    if (auto note = link_note(node); !note.empty()) walk.writer.words(note, false);
  }
  if (name == "pre") --walk.preformatted;
}

constexpr std::size_t kMaxAttributes = 200;

// Walks over the bytes and says of each whether it is beyond the attributes one tag may have.
class AttributeFlood {
 public:
  bool is_beyond(std::string_view html, std::size_t i) {
    const char c = html[i];
    if (c == '<') {
      is_in_tag_ = i + 1 < html.size() && std::isalpha(static_cast<unsigned char>(html[i + 1])) != 0;
      words_ = 0;
      quote_ = '\0';
    } else if (!is_in_tag_) {
      return false;
    } else if (quote_ != '\0') {
      if (c == quote_) quote_ = '\0';
    } else if (c == '>') {
      is_in_tag_ = false;
    } else if ((c == '"' || c == '\'') && i > 0 && html[i - 1] == '=') {
      quote_ = c;
    } else if (c == ' ' || c == '\t' || c == '\n' || c == '\r' || c == '/') {
      ++words_;
    }
    return is_in_tag_ && words_ > kMaxAttributes;
  }

 private:
  std::size_t words_ = 0;
  char quote_ = '\0';
  bool is_in_tag_ = false;
};

// libxml2 compares each attribute of a tag with all before it: a tag of 200,000 takes minutes. What is over the limit is left
// out; nullopt when nothing is.
std::optional<std::string> without_attribute_floods(std::string_view html) {
  std::size_t i = 0;
  for (AttributeFlood look; i < html.size() && !look.is_beyond(html, i);) ++i;
  if (i == html.size()) return std::nullopt;
  std::string out;
  out.reserve(html.size());
  AttributeFlood flood;
  for (i = 0; i < html.size(); ++i) {
    if (!flood.is_beyond(html, i)) out += html[i];
  }
  return out;
}

// For documents libxml2 gives up on (nested beyond 256): tags dropped, nothing understood.
std::string strip_tags(std::string_view html, std::size_t max_bytes) {
  std::string out;
  bool is_in_tag = false;
  for (char c : html) {
    if (c == '<') {
      is_in_tag = true;
      if (!out.empty() && out.back() != '\n') out += '\n';
    } else if (c == '>') {
      is_in_tag = false;
    } else if (!is_in_tag && !(c == '\n' && (out.empty() || out.back() == '\n'))) {
      out += c;
    }
    if (out.size() >= max_bytes) break;
  }
  return out;
}

}  // namespace

HtmlText html_to_text(std::string_view html, std::size_t max_bytes) {
  HtmlText result;
  if (html.size() > 0x7fffffff) html = html.substr(0, 0x7fffffff);
  const auto tamed = without_attribute_floods(html);
  const auto document_text = tamed ? std::string_view(*tamed) : html;
  std::unique_ptr<htmlParserCtxt, decltype(&htmlFreeParserCtxt)> context(htmlNewParserCtxt(), &htmlFreeParserCtxt);
  if (!context || html.empty()) return result;
  std::unique_ptr<xmlDoc, decltype(&xmlFreeDoc)> document(
      htmlCtxtReadMemory(context.get(), document_text.data(), static_cast<int>(document_text.size()), nullptr, "UTF-8",
                         HTML_PARSE_NOERROR | HTML_PARSE_NOWARNING | HTML_PARSE_RECOVER | HTML_PARSE_NONET | HTML_PARSE_NODEFDTD),
      &xmlFreeDoc);
  const auto* error = xmlCtxtGetLastError(context.get());
  bool gave_up = !document || (error != nullptr && error->level == XML_ERR_FATAL && error->domain == XML_FROM_PARSER &&
                               error->code == XML_ERR_INTERNAL_ERROR);
  if (gave_up) {
    result.text = head_of(text::to_valid_utf8(strip_tags(html, max_bytes)), max_bytes);
    result.is_cut = true;
    return result;
  }
  Walk walk{Writer(max_bytes), {}, 0};
  const auto* root = xmlDocGetRootElement(document.get());
  for (const auto* node = root; node != nullptr && !walk.writer.is_full();) {
    bool is_entered = enter(walk, node);
    if (is_entered && node->children != nullptr) {
      node = node->children;
      continue;
    }
    if (is_entered) leave(walk, node);
    while (node != root && node->next == nullptr) {
      node = node->parent;
      if (node == nullptr) break;
      leave(walk, node);
    }
    node = node == nullptr || node == root ? nullptr : node->next;
  }
  result.is_cut = walk.writer.is_full();
  result.text = walk.writer.take();
  result.text.resize(head_of(result.text, max_bytes).size());
  result.cids = std::move(walk.cids);
  return result;
}

std::string html_declared_charset(std::string_view bytes) {
  auto head = text::to_lower_ascii(bytes.substr(0, 1024));
  auto at = head.find("charset=");
  if (at == std::string::npos || head.rfind("<meta", at) == std::string::npos) return {};
  at += 8;
  if (at < head.size() && (head[at] == '"' || head[at] == '\'')) ++at;
  auto end = head.find_first_of("\"' ;>/", at);
  return head.substr(at, end == std::string::npos ? std::string::npos : end - at);
}

}  // namespace usher::connectors::email
