#include "dialogs/graph.h"

#include <fmt/format.h>

#include <set>
#include <utility>

#include "dialogs/graph_picture.h"

namespace usher::dialogs {
namespace {

using drawing::DrawnEdge;
using drawing::DrawnNode;
using drawing::Form;
using drawing::Mark;
using drawing::Picture;

struct Colour {
  const char* name;
  const char* fill;
  const char* line;
};
const Colour* colour_of(Mark mark) {
  static constexpr Colour kWalked{"walked", "#d9f2e0", "#2e7d4f"}, kMissing{"missing", "#fff3d6", "#b07a00"},
      kLost{"lost", "#fde0dc", "#c62828"};
  switch (mark) {
    case Mark::kNone:
      return nullptr;
    case Mark::kWalked:
      return &kWalked;
    case Mark::kMissing:
      return &kMissing;
    case Mark::kLost:
      return &kLost;
  }
  return nullptr;
}

// ── Mermaid

// Everything that could end the quoted text or be read as markup becomes a character code.
std::string mermaid_text(std::string_view s) {
  std::string out;
  for (const char c : s) {
    if (std::string_view("\"#&<>;`\\|{}[]()").find(c) != std::string_view::npos) {
      out += fmt::format("#{};", static_cast<int>(c));
    } else {
      out += c == '\n' ? ' ' : c;
    }
  }
  return out;
}

std::pair<const char*, const char*> mermaid_brackets(Form form) {
  switch (form) {
    case Form::kText:
      return {"[", "]"};
    case Form::kQuestion:
      return {"[/", "/]"};
    case Form::kArticle:
      return {"[[", "]]"};
    case Form::kDecision:
      return {"{", "}"};
    case Form::kPlain:
      return {"(", ")"};
    case Form::kScript:
      return {"[[", "]]"};
    case Form::kService:
      return {"[(", ")]"};
    case Form::kWait:
      return {">", "]"};
    case Form::kBlock:
      return {"{{", "}}"};
    case Form::kTicket:
    case Form::kEnd:
      return {"([", "])"};
    case Form::kStart:
      return {"((", "))"};
  }
  return {"[", "]"};
}

// ── dot

std::string dot_text(std::string_view s) {
  std::string out;
  for (const char c : s) {
    if (c == '"' || c == '\\') out += '\\';
    out += c == '\n' ? ' ' : c;
  }
  return out;
}

const char* dot_shape(Form form) {
  switch (form) {
    case Form::kText:
      return "box";
    case Form::kQuestion:
      return "parallelogram";
    case Form::kArticle:
      return "note";
    case Form::kDecision:
      return "diamond";
    case Form::kPlain:
      return "plaintext";
    case Form::kScript:
      return "component";
    case Form::kService:
      return "cylinder";
    case Form::kWait:
      return "cds";
    case Form::kBlock:
      return "hexagon";
    case Form::kTicket:
      return "doubleoctagon";
    case Form::kEnd:
      return "oval";
    case Form::kStart:
      return "point";
  }
  return "box";
}

}  // namespace

std::string to_mermaid(const Script& script, const GraphOptions& options) {
  const Picture picture = drawing::paint(script, options);
  std::string out = fmt::format("---\ntitle: \"{}\"\n---\nflowchart TD\n", mermaid_text(picture.title));
  std::set<Mark> used;
  for (const DrawnNode& n : picture.nodes) {
    const auto [open, close] = mermaid_brackets(n.form);
    std::string words = mermaid_text(n.title);
    if (!n.title.empty() && !n.text.empty()) words += "<br/>";
    words += mermaid_text(n.text);
    out += fmt::format("  {}{}\"{}\"{}", n.id, open, words.empty() ? " " : words, close);
    if (const Colour* colour = colour_of(n.mark)) {
      out += fmt::format(":::{}", colour->name);
      used.insert(n.mark);
    }
    out += '\n';
    if (!n.link.empty()) out += fmt::format("  click {} href \"{}.svg\"\n", n.id, n.link);
  }
  std::string styles;
  for (std::size_t i = 0; i < picture.edges.size(); ++i) {
    const DrawnEdge& e = picture.edges[i];
    const char* arrow = e.dashed ? "-.->" : "-->";
    out += e.label.empty() ? fmt::format("  {} {} {}\n", e.from, arrow, e.to)
                           : fmt::format("  {} {}|\"{}\"| {}\n", e.from, arrow, mermaid_text(e.label), e.to);
    if (const Colour* colour = colour_of(e.mark)) styles += fmt::format("  linkStyle {} stroke:{}\n", i, colour->line);
  }
  for (const Mark mark : used) {
    const Colour* colour = colour_of(mark);
    out += fmt::format("  classDef {} fill:{},stroke:{}\n", colour->name, colour->fill, colour->line);
  }
  return out + styles;
}

std::string to_dot(const Script& script, const GraphOptions& options) {
  const Picture picture = drawing::paint(script, options);
  std::string out = fmt::format(
      "digraph \"{}\" {{\n  label=\"{}\"; labelloc=t; rankdir=TB; charset=\"UTF-8\";\n"
      "  node [fontname=\"sans-serif\", fontsize=11, style=filled, fillcolor=\"#ffffff\"];\n"
      "  edge [fontname=\"sans-serif\", fontsize=9];\n",
      dot_text(script.name), dot_text(picture.title));
  for (const DrawnNode& n : picture.nodes) {
    std::string words = dot_text(n.title);
    if (!n.title.empty() && !n.text.empty()) words += "\\n";
    words += dot_text(n.text);
    out += fmt::format("  {} [shape={}, label=\"{}\"", n.id, dot_shape(n.form), words);
    if (const Colour* colour = colour_of(n.mark))
      out += fmt::format(", fillcolor=\"{}\", color=\"{}\"", colour->fill, colour->line);
    if (!n.link.empty()) out += fmt::format(", URL=\"{}.svg\"", dot_text(n.link));
    out += "];\n";
  }
  for (const DrawnEdge& e : picture.edges) {
    out += fmt::format("  {} -> {} [label=\"{}\"", e.from, e.to, dot_text(e.label));
    if (e.dashed) out += ", style=dashed";
    if (const Colour* colour = colour_of(e.mark)) out += fmt::format(", color=\"{}\"", colour->line);
    out += "];\n";
  }
  return out + "}\n";
}

}  // namespace usher::dialogs
