// HTML help-centre pages → articles, and back. libxml2 reads what browsers would; what is left of a page is its headings,
// paragraphs, lists, tables, links and pictures, as Markdown.
#include <fmt/format.h>
#include <libxml/HTMLparser.h>

#include <array>
#include <memory>

#include "base/text.h"
#include "gateway/flow/html_markdown.h"
#include "gateway/flow/library_files.h"
#include "kb/markdown.h"

namespace usher::gateway::flow {
namespace {

using kb::Article;

// A page cut at its headings of the first and second level.
struct Part {
  std::string heading;  // empty: before the first
  std::string text;
};

void cut(const xmlNode* node, std::string& title, std::vector<Part>& parts, HtmlMarkdown& writer, int depth) {
  for (const auto* c = node->children; c != nullptr && depth < kMaxHtmlDepth; c = c->next) {
    if (is_element(c, "h1") || is_element(c, "h2")) {
      parts.back().text += writer.take();
      std::string heading = HtmlMarkdown().of(c);
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
  HtmlMarkdown writer;
  cut(root, a.title, parts, writer, 0);
  parts.back().text += writer.take();
  if (a.title.empty()) a.title = page_title;
  a.title = text::cut(a.title, 200);
  a.language = html_attribute(root, "lang");
  if (a.language.empty()) a.language = page_language;
  a.language = a.language.substr(0, 2);
  a.id = html_attribute(root, "id");
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
    for (const auto& value : text::split(html_attribute(root, name), '|')) {
      if (auto v = text::trim(value); !v.empty()) out.push_back(std::move(v));
    }
    return out;
  };
  a.products = list("data-products");
  a.codes = list("data-codes");
  a.tags = list("data-tags");
  a.synonyms = list("data-synonyms");
  a.cases = list("data-cases");
  a.state = html_attribute(root, "data-state");
  a.review_by = html_attribute(root, "data-review-by");
  if (const auto audience = html_attribute(root, "data-audience"); !audience.empty()) a.audience = audience;
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
  const std::string language = html_attribute(html, "lang");
  const xmlNode* title = find_first(html, "title");
  const std::string page_title =
      title == nullptr || title->children == nullptr ? "" : text::trim(xml_view(title->children->content));
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
