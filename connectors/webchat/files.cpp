#include "connectors/webchat/files.h"

#include <algorithm>
#include <array>

#include <fmt/format.h>

#include "base/crypto.h"
#include "base/text.h"
#include "connectors/attachments.h"

namespace usher::connectors::webchat {
namespace {

struct Kind {
  std::string_view type;                    // as libmagic names it, and as it is kept
  std::array<std::string_view, 4> endings;  // the first is given to names that have none of them
};

constexpr std::array kKinds{
    Kind{"image/jpeg", {".jpg", ".jpeg", ".jfif", ""}},
    Kind{"image/png", {".png", "", "", ""}},
    Kind{"image/gif", {".gif", "", "", ""}},
    Kind{"image/webp", {".webp", "", "", ""}},
    Kind{"image/heic", {".heic", "", "", ""}},
    Kind{"image/heif", {".heif", ".heic", "", ""}},
    Kind{"application/pdf", {".pdf", "", "", ""}},
    Kind{"video/mp4", {".mp4", ".m4v", "", ""}},
    Kind{"video/quicktime", {".mov", ".qt", "", ""}},
    Kind{"text/plain", {".txt", ".log", ".csv", ".json"}},
};

constexpr std::string_view kTooLarge = "files:too_large";
constexpr std::string_view kTooMany = "files:too_many_files";
constexpr std::string_view kType = "files:file_type";

bool has_ending(std::string_view lower_name, std::string_view ending) {
  return !ending.empty() && lower_name.size() > ending.size() && lower_name.ends_with(ending);
}

// Null for what is not taken. Logs are text in many dresses: a line of C, JSON or XML at the top makes libmagic name it after
// that.
const Kind* kind_of(std::string_view bytes) {
  std::string type = content_type_of(bytes, {});
  if (type == "video/x-m4v") type = "video/mp4";
  const bool is_page = type == "text/html" || type.starts_with("image/svg");
  if (!is_page && (type.starts_with("text/") || type == "application/json" || type == "application/x-ndjson" ||
                   type == "application/csv" || type == "application/xml"))
    type = "text/plain";
  const auto* found = std::ranges::find(kKinds, type, &Kind::type);
  return found == kKinds.end() ? nullptr : found;
}

std::string with_ending(std::string name, const Kind& kind) {
  const std::string lower = text::to_lower_ascii(name);
  if (std::ranges::any_of(kind.endings, [&](std::string_view ending) { return has_ending(lower, ending); })) return name;
  return harmless_file_name(name + std::string(kind.endings[0]));
}

// "image.png" twice, as from the clipboard: the second becomes "image (2).png".
std::string unlike_others(std::string name, const std::vector<Attachment>& others) {
  const auto taken = [&](const std::string& n) {
    return std::ranges::any_of(others, [&](const Attachment& a) { return a.file_name == n; });
  };
  if (!taken(name)) return name;
  const auto dot = std::min(name.rfind('.'), name.size());
  for (int number = 2;; ++number) {
    std::string next = harmless_file_name(fmt::format("{} ({}){}", text::cut(name.substr(0, dot), 40), number, name.substr(dot)));
    if (!taken(next)) return next;
  }
}

bool is_chinese(std::string_view language) {
  return language.starts_with("zh");
}

Error refusal(ErrorCode code, std::string message, std::string_view detail) {
  return {code, std::move(message), std::string(detail)};
}

}  // namespace

std::string too_large_sentence(std::size_t max_bytes, std::string_view language) {
  const auto megabytes = max_bytes / (1024 * 1024);
  return is_chinese(language) ? fmt::format("文件太大：一条留言的文件合计不能超过 {} MB。", megabytes)
                              : fmt::format("That is too large: the files of one message may have {} MB together.", megabytes);
}

Result<std::vector<Attachment>> examine_files(const Form& form, std::size_t max_bytes, std::string_view language) {
  const bool zh = is_chinese(language);
  if (form.files.size() > kMaxFiles)
    return fail(refusal(ErrorCode::kTooLarge,
                        zh ? fmt::format("一条留言最多可以附 {} 个文件。", kMaxFiles)
                           : fmt::format("One message can carry up to {} files.", kMaxFiles),
                        kTooMany));
  std::size_t total = 0;
  for (const FormFile& file : form.files) total += file.bytes.size();
  if (total > max_bytes) return fail(refusal(ErrorCode::kTooLarge, too_large_sentence(max_bytes, language), kTooLarge));

  std::vector<Attachment> out;
  for (const FormFile& file : form.files) {
    std::string name = harmless_file_name(file.file_name);
    if (file.bytes.empty())
      return fail(refusal(ErrorCode::kInvalid,
                          zh ? fmt::format("文件“{}”是空的。", name) : fmt::format("The file \"{}\" is empty.", name), kType));
    const Kind* kind = kind_of(file.bytes);
    if (kind == nullptr)
      return fail(refusal(
          ErrorCode::kInvalid,
          zh ? fmt::format("无法接收文件“{}”。可以发送：图片（JPEG、PNG、GIF、WebP、HEIC）、PDF、文本或日志、视频（MP4、MOV）。",
                           name)
             : fmt::format("The file \"{}\" cannot be taken. You can send pictures (JPEG, PNG, GIF, WebP, HEIC), PDF, text and "
                           "log files, and video (MP4, MOV).",
                           name),
          kType));
    Attachment a;
    a.file_name = unlike_others(with_ending(std::move(name), *kind), out);
    a.content_type = std::string(kind->type);
    a.content = std::make_shared<const std::string>(file.bytes);
    a.sha256 = crypto::sha256_hex(file.bytes);
    out.push_back(std::move(a));
  }
  return out;
}

std::string_view files_refusal(const Error& error) {
  for (const std::string_view known : {kTooLarge, kTooMany, kType}) {
    if (error.detail == known) return known.substr(known.find(':') + 1);
  }
  return {};
}

std::string_view type_of_name(std::string_view file_name) {
  const std::string lower = text::to_lower_ascii(file_name);
  for (const Kind& kind : kKinds) {
    if (std::ranges::any_of(kind.endings, [&](std::string_view ending) { return has_ending(lower, ending); })) return kind.type;
  }
  return "application/octet-stream";
}

}  // namespace usher::connectors::webchat
