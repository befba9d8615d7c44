#include "dialogs/exits.h"

namespace usher::dialogs {
namespace {

template <class... F>
struct Match : F... {
  using F::operator()...;
};

using K = Exit::Kind;

std::vector<Exit> of_lookup(const Lookup& k, Position at) {
  std::vector<Exit> out{{K::kOutcome, "found", k.next, at}};
  if (!k.not_found.empty()) out.push_back({K::kOutcome, "not-found", k.not_found, at});
  out.push_back({K::kOutcome, "failed", k.failed, at});
  return out;
}

std::vector<Exit> of_article(const ShowArticle& k, Position at) {
  if (!k.ask_if_solved) return {{K::kNext, "", k.unsolved, at}};
  std::vector<Exit> out{{K::kAnswer, "solved", k.solved, at}, {K::kAnswer, "unsolved", k.unsolved, at}};
  if (k.id.empty()) out.push_back({K::kOutcome, "nothing-found", k.unsolved, at});
  return out;
}

}  // namespace

std::vector<Exit> exits(const Step& step) {
  const Position at = step.at;
  return std::visit(
      Match{[&](const Say& k) { return std::vector<Exit>{{K::kNext, "", k.next, at}}; },
            [&](const Ask& k) { return std::vector<Exit>{{K::kAnswer, "answered", k.next, at}}; },
            [&](const Choose& k) {
              std::vector<Exit> out;
              for (const Option& o : k.options) out.push_back({K::kAnswer, o.id, o.next, o.at});
              return out;
            },
            [&](const ShowArticle& k) { return of_article(k, at); },
            [&](const Branch& k) {
              std::vector<Exit> out;
              for (const Branch::Case& c : k.cases) out.push_back({K::kCase, std::to_string(out.size() + 1), c.next, c.at});
              out.push_back({K::kCase, "else", k.otherwise, at});
              return out;
            },
            [&](const Goto& k) { return std::vector<Exit>{{K::kNext, "", k.next, at}}; },
            [&](const Call& k) {
              return std::vector<Exit>{{K::kNext, "call", "dialog:" + k.dialog, at}, {K::kNext, "return", k.next, at}};
            },
            [&](const Lookup& k) { return of_lookup(k, at); },
            [&](const Wait& k) {
              std::vector<Exit> out{{K::kAnswer, "answered", k.next, at}};
              if (!k.gave_up.empty()) out.push_back({K::kTimeout, "gave-up", k.gave_up, at});
              return out;
            },
            [&](const TroubleshootBlock& k) {
              return std::vector<Exit>{{K::kAnswer, "solved", k.solved, at}, {K::kOutcome, "unsolved", k.unsolved, at}};
            },
            [](const Escalate&) { return std::vector<Exit>{}; }, [](const Resolve&) { return std::vector<Exit>{}; }},
      step.kind);
}

std::string_view kind_name(const StepKind& kind) {
  return std::visit(
      Match{[](const Say&) { return "say"; }, [](const Ask&) { return "ask"; },
            [](const Choose& k) {
              switch (k.kind) {
                case Choose::Kind::kChoose:
                  return "choose";
                case Choose::Kind::kCheck:
                  return "check";
                case Choose::Kind::kConsent:
                  return "consent";
                case Choose::Kind::kSurvey:
                  return "survey";
              }
              return "choose";
            },
            [](const ShowArticle& k) { return k.id.empty() ? "search" : "article"; }, [](const Branch&) { return "branch"; },
            [](const Goto&) { return "goto"; }, [](const Call&) { return "call"; }, [](const Lookup&) { return "lookup"; },
            [](const Wait&) { return "wait"; }, [](const TroubleshootBlock&) { return "troubleshoot"; },
            [](const Escalate&) { return "escalate"; }, [](const Resolve&) { return "resolve"; }},
      kind);
}

}  // namespace usher::dialogs
