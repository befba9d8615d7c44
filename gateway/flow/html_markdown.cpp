#include "gateway/flow/html_markdown.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <utility>

#include "base/text.h"

namespace usher::gateway::flow {
namespace {

constexpr std::array<std::string_view, 14> kNoContent = {"script", "style", "head",     "nav",     "header",
                                                         "footer", "aside", "form",     "iframe",  "object",
                                                         "button", "svg",   "template", "noscript"};

// Characters Markdown would read as its own.
std::string escaped(std::string_view s) {
  std::string out;
  for (const char c : s) {
    if (std::string_view("\\`*_[]<>").find(c) != std::string_view::npos) out += '\\';
    out += c;
  }
  return out;
}

}  // namespace

std::string_view xml_view(const xmlChar* s) {
  return s == nullptr ? std::string_view{} : reinterpret_cast<const char*>(s);
}

std::string html_attribute(const xmlNode* node, const char* name) {
  for (const auto* a = node->properties; a != nullptr; a = a->next) {
    if (xml_view(a->name) == name && a->children != nullptr) return std::string(xml_view(a->children->content));
  }
  return {};
}

bool is_element(const xmlNode* node, std::string_view name) {
  return node->type == XML_ELEMENT_NODE && xml_view(node->name) == name;
}

const xmlNode* find_first(const xmlNode* node, std::string_view name, int depth) {
  for (; node != nullptr && depth < kMaxHtmlDepth; node = node->next) {
    if (is_element(node, name)) return node;
    if (const auto* below = find_first(node->children, name, depth + 1)) return below;
  }
  return nullptr;
}

void find_all(const xmlNode* node, std::string_view name, std::vector<const xmlNode*>& out, int depth) {
  for (; node != nullptr && depth < kMaxHtmlDepth; node = node->next) {
    if (is_element(node, name)) {
      out.push_back(node);
    } else {
      find_all(node->children, name, out, depth + 1);
    }
  }
}

std::string HtmlMarkdown::of(const xmlNode* node) {
  children(node, 0);
  return take();
}

void HtmlMarkdown::add(const xmlNode* node) {
  visit(node, 0);
}

std::string HtmlMarkdown::take() {
  flush();
  std::string out = text::trim(out_);
  out_.clear();
  return out;
}

void HtmlMarkdown::children(const xmlNode* node, int depth) {
  for (const auto* c = node->children; c != nullptr; c = c->next) visit(c, depth + 1);
}

void HtmlMarkdown::words(std::string_view s) {
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

void HtmlMarkdown::flush() {
  const std::string line = text::trim(line_);
  line_.clear();
  if (line.empty()) return;
  std::string indented = prefix_;
  for (const char c : line) indented += c == '\n' ? "\n" + std::string(indent_, ' ') : std::string(1, c);
  out_ += indented + "\n";
  prefix_ = std::string(indent_, ' ');
}

void HtmlMarkdown::paragraph() {
  flush();
  if (!out_.empty() && !out_.ends_with("\n\n")) out_ += '\n';
}

void HtmlMarkdown::wrapped(const xmlNode* node, const char* mark, int depth) {
  const std::string before = std::move(line_);
  line_.clear();
  children(node, depth);
  const std::string inside = text::trim(line_);
  line_ = before + (inside.empty() ? "" : mark + inside + mark);
}

void HtmlMarkdown::list(const xmlNode* node, bool is_numbered, int depth) {
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

void HtmlMarkdown::table(const xmlNode* node) {
  paragraph();
  std::vector<const xmlNode*> rows;
  find_all(node->children, "tr", rows);
  bool is_first = true;
  for (const auto* row : rows) {
    std::string cells = "|", rule = "|";
    for (const auto* cell = row->children; cell != nullptr; cell = cell->next) {
      if (!is_element(cell, "td") && !is_element(cell, "th")) continue;
      std::string text = HtmlMarkdown().of(cell);
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

void HtmlMarkdown::visit(const xmlNode* node, int depth) {
  if (depth > kMaxHtmlDepth) return;
  if (node->type == XML_TEXT_NODE || node->type == XML_CDATA_SECTION_NODE) return words(xml_view(node->content));
  if (node->type != XML_ELEMENT_NODE) return;
  const std::string_view name = xml_view(node->name);
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
    const std::string before = std::move(line_), href = html_attribute(node, "href");
    line_.clear();
    children(node, depth);
    const std::string inside = text::trim(line_);
    line_ = before + (href.empty() || inside.empty() ? inside : "[" + inside + "](<" + href + ">)");
  } else if (name == "img") {
    if (const auto src = html_attribute(node, "src"); !src.empty())
      line_ += "![" + escaped(html_attribute(node, "alt")) + "](<" + src + ">)";
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

}  // namespace usher::gateway::flow
