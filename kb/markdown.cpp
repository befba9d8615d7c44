#include "kb/markdown.h"

#include <cmark-gfm-core-extensions.h>
#include <cmark-gfm.h>

#include <algorithm>
#include <array>
#include <cstdlib>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/text.h"

namespace usher::kb {
namespace {

constexpr std::ptrdiff_t kMaxPipes = 2000;

struct FreeNode {
  void operator()(cmark_node* node) const { cmark_node_free(node); }
};
struct FreeParser {
  void operator()(cmark_parser* parser) const { cmark_parser_free(parser); }
};
struct FreeIter {
  void operator()(cmark_iter* iter) const { cmark_iter_free(iter); }
};
using Document = std::unique_ptr<cmark_node, FreeNode>;

struct Parsed {
  // The parser owns the list of extensions that rendering asks for, so it must outlive the document's use.
  std::unique_ptr<cmark_parser, FreeParser> parser;
  Document document;
};

Parsed parse(std::string_view markdown) {
  // The registry is process-wide and its filling is not thread-safe: once, by the first caller.
  static const bool registered = [] {
    cmark_gfm_core_extensions_ensure_registered();
    return true;
  }();
  static_cast<void>(registered);
  Parsed parsed{std::unique_ptr<cmark_parser, FreeParser>(cmark_parser_new(CMARK_OPT_DEFAULT | CMARK_OPT_VALIDATE_UTF8)), {}};
  const bool tables = std::count(markdown.begin(), markdown.end(), '|') <= kMaxPipes;
  for (const char* name : {"autolink", "strikethrough", "table"}) {
    if (!tables && std::string_view(name) == "table") continue;
    if (cmark_syntax_extension* extension = cmark_find_syntax_extension(name)) {
      cmark_parser_attach_syntax_extension(parsed.parser.get(), extension);
    }
  }
  cmark_parser_feed(parsed.parser.get(), markdown.data(), markdown.size());
  parsed.document.reset(cmark_parser_finish(parsed.parser.get()));
  return parsed;
}

std::string_view as_view(const char* s) {
  return s == nullptr ? std::string_view() : std::string_view(s);
}

// Relative addresses have no scheme; anything that has one must be on the list.
bool is_safe_url(std::string_view url) {
  const std::size_t stop = url.find_first_of(":/?#");
  if (stop == std::string_view::npos || url[stop] != ':') return true;
  const std::string scheme = text::to_lower_ascii(url.substr(0, stop));
  constexpr std::array<std::string_view, 4> kAllowed = {"http", "https", "mailto", "tel"};
  return std::ranges::find(kAllowed, scheme) != kAllowed.end();
}

template <class Visit>
void walk(cmark_node* root, Visit visit) {
  const std::unique_ptr<cmark_iter, FreeIter> iter(cmark_iter_new(root));
  for (cmark_event_type event = cmark_iter_next(iter.get()); event != CMARK_EVENT_DONE; event = cmark_iter_next(iter.get())) {
    visit(cmark_iter_get_node(iter.get()), event == CMARK_EVENT_ENTER);
  }
}

bool is_link(cmark_node* node) {
  const cmark_node_type type = cmark_node_get_type(node);
  return type == CMARK_NODE_LINK || type == CMARK_NODE_IMAGE;
}

void place(cmark_node* root, const Address& address) {
  if (!address) return;
  std::vector<cmark_node*> bare;
  walk(root, [&](cmark_node* node, bool entering) {
    if (entering || !is_link(node)) return;
    const std::string target = address(as_view(cmark_node_get_url(node)), cmark_node_get_type(node) == CMARK_NODE_IMAGE);
    if (target.empty())
      bare.push_back(node);
    else
      cmark_node_set_url(node, target.c_str());
  });
  // After the walk: inner ones were left first, so nothing is freed that is still to come.
  for (cmark_node* node : bare) {
    while (cmark_node* child = cmark_node_first_child(node)) cmark_node_insert_before(node, child);
    cmark_node_unlink(node);
    cmark_node_free(node);
  }
}

// Writes plain text from the walk of the tree. Iterative, because quotes may be nested thousands deep.
class PlainText {
 public:
  void visit(cmark_node* node, bool entering) {
    const cmark_node_type type = cmark_node_get_type(node);
    if (type == CMARK_NODE_LIST) return list(node, entering);
    if (type == CMARK_NODE_ITEM) return item(entering);
    if (type == CMARK_NODE_PARAGRAPH || type == CMARK_NODE_HEADING) return entering ? start_block() : end_block();
    if (type == CMARK_NODE_CODE_BLOCK) return code_block(node);
    if (type == CMARK_NODE_TEXT || type == CMARK_NODE_CODE) return write(as_view(cmark_node_get_literal(node)));
    if (type == CMARK_NODE_SOFTBREAK) return soft_break();
    if (type == CMARK_NODE_LINEBREAK) return new_line();
    if (is_link(node)) return link(node, entering);
    const std::string_view name = as_view(cmark_node_get_type_string(node));
    if (name == "table_row" || name == "table_header") {
      if (entering)
        start_block(), first_cell_ = true;
      else
        end_row();
    } else if (name == "table_cell" && entering) {
      if (!first_cell_) write(" | ");
      first_cell_ = false;
    } else if (name == "table" && !entering) {
      blank_ = true;
    }
  }

  std::string take() {
    while (!out_.empty() && (out_.back() == '\n' || out_.back() == ' ')) out_.pop_back();
    return std::move(out_);
  }

 private:
  struct List {
    bool ordered;
    int next;
  };
  static constexpr std::size_t kMaxIndent = 16;

  void start_block() {
    if (out_.empty()) return indent();
    if (after_marker_) {
      after_marker_ = false;
      return;
    }
    if (out_.back() != '\n') out_ += '\n';
    if (blank_) out_ += '\n';
    blank_ = false;
    indent();
  }
  void end_block() { blank_ = lists_.empty(); }
  void end_row() {
    while (!out_.empty() && out_.back() == ' ') out_.pop_back();
  }
  void indent() { out_.append(std::min(2 * (lists_.empty() ? 0 : lists_.size() - (item_open_ ? 0 : 1)), kMaxIndent), ' '); }

  void list(cmark_node* node, bool entering) {
    if (entering) {
      const bool ordered = cmark_node_get_list_type(node) == CMARK_ORDERED_LIST;
      lists_.push_back({ordered, ordered ? cmark_node_get_list_start(node) : 0});
    } else {
      lists_.pop_back();
      if (lists_.empty()) blank_ = true;
    }
  }
  void item(bool entering) {
    if (!entering) {
      after_marker_ = false;
      return;
    }
    after_marker_ = false;
    item_open_ = false;
    start_block();
    item_open_ = true;
    List& list = lists_.back();
    out_ += list.ordered ? std::to_string(list.next++) + ". " : "• ";
    after_marker_ = true;
  }
  void code_block(cmark_node* node) {
    start_block();
    std::string_view code = as_view(cmark_node_get_literal(node));
    while (code.ends_with('\n')) code.remove_suffix(1);
    write(code);
    end_block();
  }
  void write(std::string_view s) {
    after_marker_ = after_marker_ && s.empty();
    out_ += s;
  }
  // A line break inside a paragraph is a space, but Chinese has none between its characters (lead bytes E3–E9).
  void soft_break() {
    const std::size_t size = out_.size();
    const bool after_han =
        size >= 3 && static_cast<unsigned char>(out_[size - 3]) >= 0xE3 && static_cast<unsigned char>(out_[size - 3]) <= 0xE9;
    if (!after_han) out_ += ' ';
  }
  void new_line() {
    out_ += '\n';
    indent();
  }
  void link(cmark_node* node, bool entering) {
    if (entering) {
      links_.push_back(out_.size());
      return;
    }
    const std::size_t start = links_.back();
    links_.pop_back();
    const std::string_view url = as_view(cmark_node_get_url(node));
    const std::string_view label = std::string_view(out_).substr(start);
    // An address that is its own text (or the text of a mail or phone link) is not repeated.
    if (url.empty() || !is_safe_url(url) || url.ends_with(label)) {
      if (label.empty() && is_safe_url(url)) write(url);
      return;
    }
    out_ += " (" + std::string(url) + ")";
  }

  std::string out_;
  std::vector<List> lists_;
  std::vector<std::size_t> links_;
  bool blank_ = false;         // a blank line is due before the next block
  bool after_marker_ = false;  // "1. " was just written: the block goes on the same line
  bool item_open_ = false;
  bool first_cell_ = true;
};

// The last line of the heading that begins at `line`: its underline, unless it begins with "#". (cmark's own end line is one too
// many for underlined headings.)
int heading_end(std::string_view markdown, int line) {
  const std::vector<std::string> lines = text::split(markdown, '\n');
  const auto at = [&lines](int n) { return text::trim(lines[static_cast<std::size_t>(n - 1)]); };
  if (at(line).starts_with('#')) return line;
  for (int n = line + 1; n <= static_cast<int>(lines.size()); ++n) {
    const std::string s = at(n);
    if (!s.empty() && (s.find_first_not_of('-') == std::string::npos || s.find_first_not_of('=') == std::string::npos)) return n;
  }
  return line;
}

}  // namespace

std::string to_html(std::string_view markdown, const Address& address) {
  const Parsed parsed = parse(markdown);
  place(parsed.document.get(), address);
  walk(parsed.document.get(), [](cmark_node* node, bool entering) {
    if (entering && is_link(node) && !is_safe_url(as_view(cmark_node_get_url(node)))) cmark_node_set_url(node, "");
  });
  char* html =
      cmark_render_html(parsed.document.get(), CMARK_OPT_DEFAULT, cmark_parser_get_syntax_extensions(parsed.parser.get()));
  std::string result(as_view(html));
  std::free(html);
  return result;
}

std::string to_plain_text(std::string_view markdown, const Address& address) {
  const Parsed parsed = parse(markdown);
  place(parsed.document.get(), address);
  PlainText writer;
  walk(parsed.document.get(), [&writer](cmark_node* node, bool entering) { writer.visit(node, entering); });
  return writer.take();
}

std::vector<Heading> headings(std::string_view markdown, int level) {
  const Parsed parsed = parse(markdown);
  std::vector<Heading> found;
  for (cmark_node* node = cmark_node_first_child(parsed.document.get()); node != nullptr; node = cmark_node_next(node)) {
    if (cmark_node_get_type(node) != CMARK_NODE_HEADING || cmark_node_get_heading_level(node) != level) continue;
    PlainText writer;
    walk(node, [&writer](cmark_node* child, bool entering) { writer.visit(child, entering); });
    const int line = cmark_node_get_start_line(node);
    found.push_back({line, heading_end(markdown, line), writer.take()});
  }
  return found;
}

}  // namespace usher::kb
