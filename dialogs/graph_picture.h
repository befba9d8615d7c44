// What is drawn of a script, before it becomes Mermaid or dot. Internal to the graph.
#pragma once
#include <string>
#include <vector>

#include "dialogs/graph.h"

namespace usher::dialogs::drawing {

// What is drawn, the same for both languages of pictures.
enum class Form : unsigned char {
  kText,
  kQuestion,
  kArticle,
  kDecision,
  kPlain,
  kScript,
  kService,
  kWait,
  kBlock,
  kTicket,
  kEnd,
  kStart
};
enum class Mark : unsigned char { kNone, kWalked, kMissing, kLost };

struct DrawnNode {
  std::string id;  // n0, n1, …
  std::string title, text;
  Form form = Form::kPlain;
  Mark mark = Mark::kNone;
  std::string link;  // script it stands for
};
struct DrawnEdge {
  std::string from, to, label;
  bool dashed = false;
  Mark mark = Mark::kNone;
};
struct Picture {
  std::string title;
  std::vector<DrawnNode> nodes;
  std::vector<DrawnEdge> edges;
};

Picture paint(const Script& script, const GraphOptions& options);

}  // namespace usher::dialogs::drawing
