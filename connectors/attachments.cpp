#include "connectors/attachments.h"

#include <array>
#include <memory>

#include <magic.h>
#include <unicode/uchar.h>
#include <unicode/utf8.h>

#include "base/text.h"

namespace usher::connectors {
namespace {

constexpr std::size_t kSniffedBytes = 8 * 1024;
constexpr std::size_t kDiscMarkAt = 0x8001;  // of ISO 9660
constexpr std::size_t kMaxNameBytes = 255;

using Magic = std::unique_ptr<magic_set, decltype(&magic_close)>;

// A handle may not be shared between threads; opening one maps a database of megabytes.
magic_set* magic_of_this_thread() {
  thread_local Magic handle = [] {
    Magic made(magic_open(MAGIC_MIME_TYPE | MAGIC_NO_CHECK_COMPRESS | MAGIC_NO_CHECK_ELF | MAGIC_NO_CHECK_TOKENS), &magic_close);
    if (made && magic_load(made.get(), nullptr) != 0) made.reset();
    return made;
  }();
  return handle.get();
}

bool is_forbidden(UChar32 c) {
  if (c < 0x20 || c == 0x7f || (c >= 0x80 && c < 0xa0)) return true;
  static constexpr std::u32string_view kReserved = U"\"*/:<>?\\|";
  if (kReserved.find(static_cast<char32_t>(c)) != std::u32string_view::npos) return true;
  // Bidi overrides make "exe.png" of "gnp.exe"; other format characters are invisible.
  return u_charType(c) == U_FORMAT_CHAR || c == 0x2028 || c == 0x2029 || c == 0xfffd;
}

bool is_device_name(std::string_view name) {
  static constexpr auto kDevices = std::to_array<std::string_view>({"con", "prn", "aux", "nul", "com", "lpt"});
  auto stem = text::to_lower_ascii(name.substr(0, name.find('.')));
  for (auto device : kDevices) {
    if (stem == device) return true;
    if ((device == "com" || device == "lpt") && stem.size() == 4 && stem.starts_with(device) && stem[3] >= '0' && stem[3] <= '9')
      return true;
  }
  return false;
}

}  // namespace

std::string found_type_of(std::string_view bytes) {
  constexpr std::string_view kUnknown = "application/octet-stream";
  auto* magic = bytes.empty() ? nullptr : magic_of_this_thread();
  if (magic == nullptr) return std::string(kUnknown);
  auto sample = bytes.substr(0, kSniffedBytes);
  const char* found = magic_buffer(magic, sample.data(), sample.size());
  std::string_view type = found == nullptr ? std::string_view{} : found;
  if (type.find('/') == std::string_view::npos) type = kUnknown;
  // The mark of a disk image is behind what is sampled.
  if (type == kUnknown && bytes.size() > kDiscMarkAt && bytes.substr(kDiscMarkAt).starts_with("CD001"))
    return "application/x-iso9660-image";
  return std::string(type);
}

std::string better_type(std::string_view found, std::string_view labelled) {
  auto label = std::string(labelled.empty() ? std::string_view("application/octet-stream") : labelled);
  bool label_promises_binary =
      label.starts_with("image/") || label.starts_with("audio/") || label.starts_with("video/") || label == "application/pdf";
  if (found == "application/octet-stream" || found.starts_with("text/")) {
    // "Some bytes", "some text": the label may know better, unless it promises a format that would have been recognised.
    if (found.starts_with("text/") && !label_promises_binary && label != "application/octet-stream") return label;
    if (found == "application/octet-stream" && !label_promises_binary && !label.starts_with("text/")) return label;
    return std::string(found);
  }
  // Office files and others are zip files; libmagic sees that only when their first entry tells.
  if (found == "application/zip" && (label.starts_with("application/vnd.") || label == "application/epub+zip")) return label;
  return std::string(found);
}

std::string content_type_of(std::string_view bytes, std::string_view labelled) {
  if (bytes.empty()) return std::string(labelled.empty() ? std::string_view("application/octet-stream") : labelled);
  return better_type(found_type_of(bytes), labelled);
}

std::string harmless_file_name(std::string_view utf8) {
  auto valid = text::to_valid_utf8(utf8);
  // Only what follows the last separator is the name; the rest is somebody's disk, or an attack.
  if (auto slash = valid.find_last_of("/\\"); slash != std::string::npos) valid.erase(0, slash + 1);
  std::string name;
  int32_t i = 0;
  auto length = static_cast<int32_t>(valid.size());
  while (i < length) {
    UChar32 c = 0;
    auto begin = i;
    U8_NEXT(valid.data(), i, length, c);
    if (c < 0 || is_forbidden(c)) continue;
    name.append(valid, static_cast<std::size_t>(begin), static_cast<std::size_t>(i - begin));
  }
  name = text::trim(name);
  name.erase(0, std::min(name.find_first_not_of(". "), name.size()));
  while (!name.empty() && (name.back() == '.' || name.back() == ' ')) name.pop_back();
  if (is_device_name(name)) name.insert(0, "_");
  if (name.size() > kMaxNameBytes) {
    // The ending says what it is; keep it when it is short.
    auto dot = name.rfind('.');
    auto ending = dot != std::string::npos && name.size() - dot <= 16 ? name.substr(dot) : std::string{};
    auto stem = kMaxNameBytes - ending.size();
    while (stem > 0 && (static_cast<unsigned char>(name[stem]) & 0xC0) == 0x80) --stem;
    name = name.substr(0, stem) + ending;
  }
  return name.empty() ? "attachment" : name;
}

}  // namespace usher::connectors
