#include "connectors/email/calendar.h"

#include <vector>

#include "base/text.h"
#include "connectors/email/plain_text.h"

namespace usher::connectors::email {
namespace {

constexpr std::size_t kMaxLines = 2'000;
constexpr std::size_t kMaxValueBytes = 300;

struct Property {
  std::string name;  // upper case as written in the standard, here lower
  std::string zone, common_name;
  std::string value;
};

// "DTSTART;TZID=Europe/Berlin:20261123T100000": the colon that ends the parameters is the first outside quotes.
Property property_of(std::string_view line) {
  Property out;
  bool is_in_quotes = false;
  std::size_t colon = 0;
  for (; colon < line.size() && (is_in_quotes || line[colon] != ':'); ++colon) {
    if (line[colon] == '"') is_in_quotes = !is_in_quotes;
  }
  if (colon >= line.size()) return out;
  auto head = line.substr(0, colon);
  out.value = line.substr(colon + 1);
  out.name = text::to_lower_ascii(head.substr(0, head.find(';')));
  auto parameter = [&](std::string_view name) {
    std::string found;
    is_in_quotes = false;
    for (std::size_t i = 0; i < head.size(); ++i) {
      if (head[i] == '"') is_in_quotes = !is_in_quotes;
      if (is_in_quotes || head[i] != ';' || !text::iequals_ascii(head.substr(i + 1, name.size()), name)) continue;
      auto begin = i + 1 + name.size();
      bool is_quoted = begin < head.size() && head[begin] == '"';
      if (is_quoted) ++begin;
      found = head.substr(begin, head.find(is_quoted ? '"' : ';', begin) - begin);
      break;
    }
    return found;
  };
  out.zone = parameter("tzid=");
  out.common_name = parameter("cn=");
  return out;
}

std::string unescaped(std::string_view value) {
  std::string out;
  for (std::size_t i = 0; i < value.size(); ++i) {
    if (value[i] == '\\' && i + 1 < value.size()) {
      ++i;
      out += value[i] == 'n' || value[i] == 'N' ? ' ' : value[i];
    } else {
      out += value[i];
    }
  }
  return text::cut(text::collapse_spaces(out), kMaxValueBytes);
}

bool are_digits(std::string_view s) {
  return !s.empty() && s.find_first_not_of("0123456789") == std::string_view::npos;
}

struct Moment {
  std::string day, time, zone;
};
// "20261123T100000Z" → 2026-11-23, 10:00, UTC; "20261123" is a whole day. Anything else is shown as it is.
Moment moment_of(const Property& p) {
  const auto& v = p.value;
  if (v.size() < 8 || !are_digits(std::string_view(v).substr(0, 8))) return {text::cut(text::collapse_spaces(v), 40), {}, {}};
  Moment out{v.substr(0, 4) + "-" + v.substr(4, 2) + "-" + v.substr(6, 2), {}, {}};
  if (v.size() < 13 || v[8] != 'T' || !are_digits(std::string_view(v).substr(9, 4))) return out;
  out.time = v.substr(9, 2) + ":" + v.substr(11, 2);
  out.zone = v.ends_with('Z') ? "UTC" : text::cut(text::collapse_spaces(p.zone), 60);
  return out;
}

std::string period(const Moment& from, const Moment& to) {
  auto out = from.day;
  if (!from.time.empty()) out += " " + from.time;
  if (!to.time.empty() && to.day == from.day && to.zone == from.zone) {
    out += "–" + to.time;
  } else if (!to.day.empty() && !(to.time.empty() && from.time.empty())) {
    out += (from.zone.empty() || from.zone == to.zone ? "" : " " + from.zone) + " – " + to.day + " " + to.time;
    return out + (to.zone.empty() ? "" : " " + to.zone);
  }
  return out + (from.zone.empty() ? "" : " " + from.zone);
}

}  // namespace

std::string calendar_line(std::string_view utf8, std::string_view method) {
  auto whole = with_line_feeds(utf8);
  std::vector<std::string> lines;
  for (auto rest = std::string_view(whole); !rest.empty() && lines.size() < kMaxLines;) {
    auto end = rest.find('\n');
    auto line = rest.substr(0, end);
    rest.remove_prefix(end == std::string_view::npos ? rest.size() : end + 1);
    if (!lines.empty() && (line.starts_with(' ') || line.starts_with('\t'))) {
      if (lines.back().size() < 4'096) lines.back() += line.substr(1);
    } else {
      lines.emplace_back(line);
    }
  }
  std::string summary, place, organizer;
  Moment from, to;
  std::size_t depth = 0;  // within the event; an alarm in it has properties of the same names
  bool is_found = false;
  for (const auto& line : lines) {
    auto p = property_of(line);
    if (p.name == "begin") {
      auto kind = text::to_lower_ascii(text::trim(p.value));
      if (depth > 0 || kind == "vevent" || kind == "vtodo" || kind == "vjournal") ++depth;
      is_found = is_found || depth > 0;
    } else if (p.name == "end" && depth > 0 && --depth == 0) {
      break;
    }
    if (depth != 1) continue;
    if (p.name == "summary") summary = unescaped(p.value);
    if (p.name == "location") place = unescaped(p.value);
    if (p.name == "dtstart") from = moment_of(p);
    if (p.name == "dtend" || p.name == "due") to = moment_of(p);
    if (p.name == "organizer") {
      auto address = text::cut(text::collapse_spaces(p.value), kMaxValueBytes);
      if (text::iequals_ascii(std::string_view(address).substr(0, 7), "mailto:")) address.erase(0, 7);
      auto name = unescaped(p.common_name);
      organizer = name.empty() || name == address ? address : name + " <" + address + ">";
    }
  }
  if (!is_found) return {};
  auto out = "Calendar" + (method.empty() ? std::string{} : " " + text::cut(text::collapse_spaces(method), 20)) + ": " +
             (summary.empty() ? "(no title)" : summary);
  if (auto when = period(from, to); !when.empty()) out += "; " + when;
  if (!place.empty()) out += "; " + place;
  if (!organizer.empty()) out += "; organizer " + organizer;
  return out;
}

}  // namespace usher::connectors::email
