#include "connectors/email/allowed_types.h"

#include <algorithm>
#include <array>

#include "base/text.h"

namespace usher::connectors::email {
namespace {

// By the names libmagic and mail programs use; sorted by kind, not by letter.
constexpr auto kPrograms = std::to_array<std::string_view>({"application/x-dosexec",
                                                            "application/vnd.microsoft.portable-executable",
                                                            "application/x-msdownload",
                                                            "application/x-ms-ne-executable",
                                                            "application/x-executable",
                                                            "application/x-pie-executable",
                                                            "application/x-sharedlib",
                                                            "application/x-object",
                                                            "application/x-elf",
                                                            "application/x-mach-binary",
                                                            "application/x-msi",
                                                            "application/x-ms-shortcut",
                                                            "application/java-archive",
                                                            "application/x-java-applet",
                                                            "application/vnd.android.package-archive",
                                                            "application/vnd.debian.binary-package",
                                                            "application/x-rpm",
                                                            "application/x-bytecode.python",
                                                            "application/x-shockwave-flash",
                                                            "application/vnd.ms-htmlhelp",
                                                            "application/hta",
                                                            "application/x-script",
                                                            "application/javascript",
                                                            "text/javascript",
                                                            "text/vbscript",
                                                            "text/x-vbscript",
                                                            "text/x-shellscript",
                                                            "application/x-shellscript",
                                                            "text/x-msdos-batch",
                                                            "text/x-powershell",
                                                            "text/x-python",
                                                            "text/x-script.python",
                                                            "text/x-perl",
                                                            "text/x-ruby",
                                                            "text/x-php",
                                                            "text/x-lua",
                                                            "text/x-tcl",
                                                            "text/x-awk",
                                                            "application/x-iso9660-image",
                                                            "application/x-apple-diskimage",
                                                            "application/x-qemu-disk",
                                                            "application/x-vhd",
                                                            "application/x-virtualbox-vdi"});

constexpr auto kScriptEndings = std::to_array<std::string_view>(
    {".bat", ".cmd", ".com", ".exe", ".hta", ".js", ".jse", ".lnk", ".msh", ".pif", ".ps1", ".psm1",
     ".reg", ".scf", ".scr", ".sh",  ".url", ".vb", ".vbe", ".vbs", ".ws",  ".wsc", ".wsf", ".wsh"});

// Goes back to the last star only: linear in practice, and both are short.
bool matches(std::string_view type, std::string_view pattern) {
  std::size_t t = 0, p = 0, star = std::string_view::npos, from = 0;
  while (t < type.size()) {
    if (p < pattern.size() && pattern[p] == '*') {
      star = p++;
      from = t;
    } else if (p < pattern.size() && pattern[p] == type[t]) {
      ++p, ++t;
    } else if (star != std::string_view::npos) {
      p = star + 1;
      t = ++from;
    } else {
      return false;
    }
  }
  while (p < pattern.size() && pattern[p] == '*') ++p;
  return p == pattern.size();
}

}  // namespace

const std::vector<std::string>& default_allowed_attachments() {
  static const std::vector<std::string> list = {
      "image/*",
      "audio/*",
      "video/*",
      "text/*",
      "message/*",
      "application/pdf",
      "application/postscript",
      "application/rtf",
      "application/json",
      "application/*+json",
      "application/x-ndjson",
      "application/xml",
      "application/*+xml",
      "application/csv",
      "application/msword",
      "application/vnd.ms-excel*",
      "application/vnd.ms-office*",
      "application/vnd.ms-outlook",
      "application/vnd.ms-powerpoint*",
      "application/vnd.ms-word*",
      "application/vnd.openxmlformats-officedocument.*",
      "application/vnd.oasis.opendocument.*",
      "application/vnd.visio*",
      "application/cdfv2*",
      "application/x-ole-storage",
      "application/encrypted",
      "application/epub+zip",
      "application/ms-tnef",
      "application/vnd.ms-tnef",
      "application/zip",
      "application/gzip",
      "application/x-gzip",
      "application/x-7z-compressed",
      "application/x-bzip2",
      "application/x-rar",
      "application/vnd.rar",
      "application/x-tar",
      "application/x-xz",
      "application/zstd",
      "application/x-zip-compressed",
      "application/pgp-*",
      "application/pkcs7-*",
      "application/x-pkcs7-*",
      "application/ics",
      "application/vnd.tcpdump.pcap",
  };
  return list;
}

bool is_type_pattern(std::string_view entry) {
  const auto slash = entry.find('/');
  const bool has_two_sides = slash != std::string_view::npos && slash > 0 && slash + 1 < entry.size();
  return has_two_sides && entry.find('/', slash + 1) == std::string_view::npos &&
         std::all_of(entry.begin(), entry.end(), [](char c) { return c > ' ' && c < '\x7f' && c != ';' && c != ','; });
}

std::string judged_type(std::string_view found, std::string_view shown, std::string_view file_name) {
  const bool is_unknown = found.empty() || found == "application/octet-stream";
  if (is_unknown || found.starts_with("text/")) {
    const auto name = text::to_lower_ascii(file_name);
    if (std::any_of(kScriptEndings.begin(), kScriptEndings.end(), [&](auto ending) { return name.ends_with(ending); }))
      return "application/x-script";
  }
  return text::to_lower_ascii(is_unknown ? shown : found);
}

bool is_allowed_type(std::string_view type, const std::vector<std::string>& allowed) {
  const auto lower = text::to_lower_ascii(type);
  const bool is_program = std::find(kPrograms.begin(), kPrograms.end(), lower) != kPrograms.end();
  return std::any_of(allowed.begin(), allowed.end(), [&](const std::string& entry) {
    const auto pattern = text::to_lower_ascii(entry);
    return is_program ? pattern == lower : matches(lower, pattern);
  });
}

}  // namespace usher::connectors::email
