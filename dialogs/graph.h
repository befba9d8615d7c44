// A script as a picture: Mermaid text (for Markdown) and Graphviz dot (rendered to SVG by the `dot` program where it is
// installed). Steps are nodes (shape by kind), options, cases and time-outs are edges with their labels; unreachable steps are
// marked.
#pragma once
#include <string>
#include <string_view>

#include "dialogs/rehearsal.h"
#include "dialogs/script.h"

namespace usher::dialogs {

struct GraphOptions {
  std::string language = "en";
  const Walked* walked = nullptr;  // colours what conversations cover; null = no colours
};
std::string to_mermaid(const Script& script, const GraphOptions& options);
std::string to_dot(const Script& script, const GraphOptions& options);

}  // namespace usher::dialogs
