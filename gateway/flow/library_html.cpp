// HTML help-centre pages → articles, and back. libxml2 reads what browsers would; what is left of a page is its headings,
// paragraphs, lists, tables, links and pictures, as Markdown.
#include <fmt/format.h>
#include <libxml/HTMLparser.h>

#include <array>
#include <memory>

#include "base/text.h"
#include "gateway/flow/library_files.h"
#include "kb/markdown.h"

namespace usher::gateway::flow {
namespace {

using kb::Article;

constexpr std::array<std::string_view, 14> kNoContent = {"script", "style", "head",     "nav",     "header",
                                                         "footer", "aside", "form",     "iframe",  "object",
                                                         "button", "svg",   "template", "noscript"};
constexpr int kMaxDepth = 200;

std::string_view view(const xmlChar* s) {
  return s == nullptr ? std::string_view{} : reinterpret_cast<const char*>(s);
}

std::string attribute(const xmlNode* node, const char* name) {
  for (const auto* a = node->properties; a != nullptr; a = a->next) {
    if (view(a->name) == name && a->children != nullptr) return std::string(view(a->children->content));
  }
  return {};
}

bool is_element(const xmlNode* node, std::string_view name) {
  return node->type == XML_ELEMENT_NODE && view(node->name) == name;
}

const xmlNode* find_first(const xmlNode* node, std::string_view name, int depth = 0) {
  for (; node != nullptr && depth < kMaxDepth; node = node->next) {
    if (is_element(node, name)) return node;
    if (const auto* below = find_first(node->children, name, depth + 1)) return below;
  }
  return nullptr;
}

void find_all(const xmlNode* node, std::string_view name, std::vector<const xmlNode*>& out, int depth = 0) {
  for (; node != nullptr && depth < kMaxDepth; node = node->next) {
    if (is_element(node, name)) {
      out.push_back(node);
    } else {
      find_all(node->children, name, out, depth + 1);
    }
  }
}

// Characters Markdown would read as its own.
std::string escaped(std::string_view s) {
  std::string out;
  for (const char c : s) {
    if (std::string_view("\\`*_[]<>").find(c) != std::string_view::npos) out += '\\';
    out += c;
  }
  return out;
}

class Markdown {
 public:
  std::string of(const xmlNode* node) {
    children(node, 0);
    return take();
  }
  void add(const xmlNode* node) { visit(node, 0); }
  std::string take() {
    flush();
    std::string out = text::trim(out_);
    out_.clear();
    return out;
  }

 private:
  void children(const xmlNode* node, int depth) {
    for (const auto* c = node->children; c != nullptr; c = c->next) visit(c, depth + 1);
  }
  void words(std::string_view s) {
    if (is_code_) {
      line_ += s;
      return;
    }
    std::string one;
    bool has_space = false;
    for (const char c : s) {
      if (c == ' ' || c == '\n' || c == '\t' || c == '\r') {
        has_space = true;
        continue;
      }
      if (std::exchange(has_space, false)) one += ' ';
      one += c;
    }
    if (has_space) one += ' ';
    if (line_.empty() || line_.ends_with(' ') || line_.ends_with('\n')) one.erase(0, one.find_first_not_of(' '));
    line_ += escaped(one);
  }
  void flush() {
    const std::string line = text::trim(line_);
    line_.clear();
    if (line.empty()) return;
    std::string indented = prefix_;
    for (const char c : line) indented += c == '\n' ? "\n" + std::string(indent_, ' ') : std::string(1, c);
    out_ += indented + "\n";
    prefix_ = std::string(indent_, ' ');
  }
  void paragraph() {
    flush();
    if (!out_.empty() && !out_.ends_with("\n\n")) out_ += '\n';
  }
  void wrapped(const xmlNode* node, const char* mark, int depth) {
    const std::string before = std::move(line_);
    line_.clear();
    children(node, depth);
    const std::string inside = text::trim(line_);
    line_ = before + (inside.empty() ? "" : mark + inside + mark);
  }
  void list(const xmlNode* node, bool is_numbered, int depth) {
    indent_ == 0 ? paragraph() : flush();
    int number = 0;
    const auto indent = indent_;
    for (const auto* item = node->children; item != nullptr; item = item->next) {
      if (!is_element(item, "li")) continue;
      flush();
      const std::string bullet = is_numbered ? fmt::format("{}. ", ++number) : "- ";
      prefix_ = std::string(indent, ' ') + bullet;
      indent_ = indent + bullet.size();
      children(item, depth + 1);
      flush();
    }
    indent_ = indent;
    prefix_ = std::string(indent_, ' ');
    if (indent_ == 0) paragraph();
  }
  void table(const xmlNode* node) {
    paragraph();
    std::vector<const xmlNode*> rows;
    find_all(node->children, "tr", rows);
    bool is_first = true;
    for (const auto* row : rows) {
      std::string cells = "|", rule = "|";
      for (const auto* cell = row->children; cell != nullptr; cell = cell->next) {
        if (!is_element(cell, "td") && !is_element(cell, "th")) continue;
        std::string text = Markdown().of(cell);
        std::ranges::replace(text, '\n', ' ');
        for (auto at = text.find('|'); at != std::string::npos; at = text.find('|', at + 2)) text.insert(at, "\\");
        cells += " " + text + " |";
        rule += " --- |";
      }
      out_ += prefix_ + cells + "\n";
      if (std::exchange(is_first, false)) out_ += prefix_ + rule + "\n";
    }
    paragraph();
  }
  void visit(const xmlNode* node, int depth) {
    if (depth > kMaxDepth) return;
    if (node->type == XML_TEXT_NODE || node->type == XML_CDATA_SECTION_NODE) return words(view(node->content));
    if (node->type != XML_ELEMENT_NODE) return;
    const std::string_view name = view(node->name);
    if (std::ranges::find(kNoContent, name) != kNoContent.end()) return;
    if (name == "br") {
      line_ += "\\\n";
    } else if (name == "strong" || name == "b") {
      wrapped(node, "**", depth);
    } else if (name == "em" || name == "i") {
      wrapped(node, "*", depth);
    } else if (name == "code" || name == "kbd" || name == "samp") {
      const bool was_code = std::exchange(is_code_, true);
      wrapped(node, was_code ? "" : "`", depth);
      is_code_ = was_code;
    } else if (name == "a") {
      const std::string before = std::move(line_), href = attribute(node, "href");
      line_.clear();
      children(node, depth);
      const std::string inside = text::trim(line_);
      line_ = before + (href.empty() || inside.empty() ? inside : "[" + inside + "](<" + href + ">)");
    } else if (name == "img") {
      if (const auto src = attribute(node, "src"); !src.empty())
        line_ += "![" + escaped(attribute(node, "alt")) + "](<" + src + ">)";
    } else if (name == "ul" || name == "ol") {
      list(node, name == "ol", depth);
    } else if (name == "table") {
      table(node);
    } else if (name == "pre") {
      paragraph();
      const bool was_code = std::exchange(is_code_, true);
      children(node, depth);
      is_code_ = was_code;
      line_ = "```\n" + text::trim(line_) + "\n```";
      paragraph();
    } else if (name.size() == 2 && name[0] == 'h' && name[1] >= '1' && name[1] <= '6') {
      paragraph();
      line_ = "### ";
      children(node, depth);
      paragraph();
    } else if (name == "p" || name == "div" || name == "section" || name == "article" || name == "blockquote" || name == "main" ||
               name == "figure" || name == "dl" || name == "dt" || name == "dd" || name == "figcaption") {
      indent_ == 0 ? paragraph() : flush();
      children(node, depth);
      indent_ == 0 ? paragraph() : flush();
    } else {
      children(node, depth);
    }
  }

  std::string out_, line_, prefix_;
  std::size_t indent_ = 0;
  bool is_code_ = false;
};

// A page cut at its headings of the first and second level.
struct Part {
  std::string heading;  // empty: before the first
  std::string text;
};

void cut(const xmlNode* node, std::string& title, std::vector<Part>& parts, Markdown& writer, int depth) {
  for (const auto* c = node->children; c != nullptr && depth < kMaxDepth; c = c->next) {
    if (is_element(c, "h1") || is_element(c, "h2")) {
      parts.back().text += writer.take();
      std::string heading = Markdown().of(c);
      if (is_element(c, "h1") && title.empty()) {
        title = kb::to_plain_text(heading);
      } else {
        parts.push_back({kb::to_plain_text(heading), ""});
      }
    } else if (c->type == XML_ELEMENT_NODE && find_first(c->children, "h2") != nullptr) {
      cut(c, title, parts, writer, depth + 1);
    } else if (c->type == XML_ELEMENT_NODE && find_first(c->children, "h1") != nullptr) {
      cut(c, title, parts, writer, depth + 1);
    } else {
      writer.add(c);
    }
  }
}

std::string slug(std::string_view name) {
  std::string out;
  for (const char c : text::to_lower_ascii(name)) {
    const bool is_good = (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
    if (is_good) out += c;
    if (!is_good && !out.empty() && out.back() != '-') out += '-';
  }
  while (out.ends_with('-')) out.pop_back();
  return out.substr(0, 80);
}

std::string Article::* section(std::string_view heading) {
  struct Named {
    std::string_view name;
    std::string Article::* text;
  };
  static constexpr std::array kNames = {
      Named{"issue", &Article::issue},
      Named{"problem", &Article::issue},
      Named{"symptom", &Article::issue},
      Named{"symptoms", &Article::issue},
      Named{"question", &Article::issue},
      Named{"问题", &Article::issue},
      Named{"症状", &Article::issue},
      Named{"environment", &Article::environment},
      Named{"applies to", &Article::environment},
      Named{"环境", &Article::environment},
      Named{"适用于", &Article::environment},
      Named{"cause", &Article::cause},
      Named{"原因", &Article::cause},
      Named{"resolution", &Article::resolution},
      Named{"solution", &Article::resolution},
      Named{"answer", &Article::resolution},
      Named{"steps", &Article::resolution},
      Named{"解决方法", &Article::resolution},
      Named{"解决方案", &Article::resolution},
  };
  const std::string folded = text::fold(text::trim(heading));
  for (const auto& n : kNames) {
    if (folded == n.name) return n.text;
  }
  return nullptr;
}

void append(std::string& to, const std::string& what) {
  if (what.empty()) return;
  to += (to.empty() ? "" : "\n\n") + what;
}

Article read_page(const xmlNode* root, std::string_view file_name, const std::string& page_language,
                  const std::string& page_title) {
  Article a;
  a.state.clear();
  std::vector<Part> parts(1);
  Markdown writer;
  cut(root, a.title, parts, writer, 0);
  parts.back().text += writer.take();
  if (a.title.empty()) a.title = page_title;
  a.title = text::cut(a.title, 200);
  a.language = attribute(root, "lang");
  if (a.language.empty()) a.language = page_language;
  a.language = a.language.substr(0, 2);
  a.id = attribute(root, "id");
  if (a.id.empty()) {
    std::string stem(file_name.substr(file_name.find_last_of('/') + 1));
    stem = stem.substr(0, stem.find('.'));
    a.id = slug(stem);
  }
  bool has_sections = false;
  for (const auto& part : parts) has_sections = has_sections || section(part.heading) == &Article::resolution;
  std::string* last = &a.issue;
  for (const auto& part : parts) {
    if (auto known = section(part.heading)) {
      last = &(a.*known);
      append(*last, part.text);
    } else if (part.heading.empty()) {
      append(a.issue, part.text);
    } else {
      if (!has_sections) last = &a.resolution;
      append(*last, "### " + part.heading);
      append(*last, part.text);
    }
  }
  if (!has_sections && a.resolution.empty()) {
    // One piece of text: the first paragraph says what it is about, the rest what to do.
    const auto end = a.issue.find("\n\n");
    if (end != std::string::npos) {
      a.resolution = text::trim(a.issue.substr(end));
      a.issue.resize(end);
    }
  }
  if (a.issue.empty()) a.issue = a.title;
  if (a.language != "en" && a.language != "zh") a.language = text::guess_language(a.title + a.issue);
  auto list = [&](const char* name) {
    std::vector<std::string> out;
    for (const auto& value : text::split(attribute(root, name), '|')) {
      if (auto v = text::trim(value); !v.empty()) out.push_back(std::move(v));
    }
    return out;
  };
  a.products = list("data-products");
  a.codes = list("data-codes");
  a.tags = list("data-tags");
  a.synonyms = list("data-synonyms");
  a.cases = list("data-cases");
  a.state = attribute(root, "data-state");
  a.review_by = attribute(root, "data-review-by");
  if (const auto audience = attribute(root, "data-audience"); !audience.empty()) a.audience = audience;
  return a;
}

}  // namespace

std::vector<Article> read_html(std::string_view file_name, std::string_view bytes, std::vector<kb::Problem>& problems) {
  std::vector<Article> out;
  const std::unique_ptr<xmlDoc, decltype(&xmlFreeDoc)> page(
      htmlReadMemory(bytes.data(), static_cast<int>(bytes.size()), nullptr, "UTF-8",
                     HTML_PARSE_RECOVER | HTML_PARSE_NOERROR | HTML_PARSE_NOWARNING | HTML_PARSE_NONET),
      &xmlFreeDoc);
  const xmlNode* html = page ? xmlDocGetRootElement(page.get()) : nullptr;
  const xmlNode* body = html == nullptr ? nullptr : find_first(html, "body");
  if (body == nullptr) {
    problems.push_back({std::string(file_name), 1, 1, "this is no HTML page", "export the article's page from the help centre"});
    return out;
  }
  const std::string language = attribute(html, "lang");
  const xmlNode* title = find_first(html, "title");
  const std::string page_title = title == nullptr || title->children == nullptr ? "" : text::trim(view(title->children->content));
  std::vector<const xmlNode*> articles;
  find_all(body, "article", articles);
  if (articles.empty()) articles.push_back(find_first(body, "main") != nullptr ? find_first(body, "main") : body);
  for (const auto* one : articles) out.push_back(read_page(one, file_name, language, page_title));
  return out;
}

std::string write_html(const std::vector<Exported>& articles) {
  auto joined = [](const std::vector<std::string>& values) {
    std::string all;
    for (const auto& v : values) all += (all.empty() ? "" : "|") + v;
    return text::html_escape(all);
  };
  std::string out = "<!doctype html>\n<html><head><meta charset=\"utf-8\"><title>Articles</title></head>\n<body>\n";
  for (const auto& e : articles) {
    const Article& a = e.article;
    const bool is_chinese = a.language == "zh";
    out += fmt::format(
        "<article id=\"{}\" lang=\"{}\" data-state=\"{}\" data-audience=\"{}\" data-review-by=\"{}\" data-products=\"{}\" "
        "data-codes=\"{}\" data-tags=\"{}\" data-synonyms=\"{}\" data-cases=\"{}\">\n<h1>{}</h1>\n",
        a.id, a.language, a.state, a.audience, a.review_by, joined(a.products), joined(a.codes), joined(a.tags),
        joined(a.synonyms), joined(a.cases), text::html_escape(a.title));
    auto add = [&](std::string_view english, std::string_view chinese, const std::string& markdown) {
      if (!markdown.empty()) out += fmt::format("<h2>{}</h2>\n{}\n", is_chinese ? chinese : english, kb::to_html(markdown));
    };
    add("Issue", "问题", a.issue);
    add("Environment", "环境", a.environment);
    add("Cause", "原因", a.cause);
    add("Resolution", "解决方法", a.resolution);
    out += "</article>\n";
  }
  return out + "</body></html>\n";
}

}  // namespace usher::gateway::flow
