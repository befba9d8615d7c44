// HTML → Markdown, for pages of other help centres: headings, paragraphs, lists, tables, links, pictures, code; what belongs to
// the page and not to the text (menus, scripts, forms) is dropped. Works on libxml2's tree; depth is bounded. Internal to
// library_html.cpp.
#pragma once
#include <string>
#include <string_view>
#include <vector>

#include <libxml/tree.h>

namespace usher::gateway::flow {

inline constexpr int kMaxHtmlDepth = 200;  // what lies deeper is not read

std::string_view xml_view(const xmlChar* s);  // empty for null
std::string html_attribute(const xmlNode* node, const char* name);
bool is_element(const xmlNode* node, std::string_view name);
// In document order, among `node`, what follows it and all below.
const xmlNode* find_first(const xmlNode* node, std::string_view name, int depth = 0);
void find_all(const xmlNode* node, std::string_view name, std::vector<const xmlNode*>& out, int depth = 0);

class HtmlMarkdown {
 public:
  std::string of(const xmlNode* node);  // what is inside it
  void add(const xmlNode* node);
  std::string take();  // of all that was added since

 private:
  void children(const xmlNode* node, int depth);
  void words(std::string_view s);
  void flush();
  void paragraph();
  void wrapped(const xmlNode* node, const char* mark, int depth);
  void list(const xmlNode* node, bool is_numbered, int depth);
  void table(const xmlNode* node);
  void visit(const xmlNode* node, int depth);

  std::string out_, line_, prefix_;
  std::size_t indent_ = 0;
  bool is_code_ = false;
};

}  // namespace usher::gateway::flow
