#include "connectors/email/tnef.h"

#include "base/text.h"
#include "connectors/email/charset.h"
#include "connectors/email/html_text.h"
#include "connectors/email/plain_text.h"
#include "connectors/email/rtf_text.h"

namespace usher::connectors::email {
namespace {

constexpr std::uint32_t kSignature = 0x223e9f78;
constexpr std::size_t kMaxFiles = 100;
constexpr std::size_t kMaxDepth = 3;
constexpr std::size_t kMaxProperties = 2'000;
constexpr std::size_t kMaxEmbedded = 20;  // mails within, of one mail

enum Attribute : std::uint16_t {
  kBody = 0x800C,
  kAttachData = 0x800F,
  kAttachTitle = 0x8010,
  kAttachStart = 0x9002,
  kMessageProperties = 0x9003,
  kAttachProperties = 0x9005,
  kCodePage = 0x9007,
};

// Little-endian numbers and runs of bytes. What is asked for beyond the end is empty or 0, and `is_over` from then on.
class Cursor {
 public:
  explicit Cursor(std::string_view bytes) : rest_(bytes) {}

  std::string_view take(std::size_t n) {
    if (n > rest_.size()) {
      is_over_ = true;
      rest_ = {};
      return {};
    }
    auto out = rest_.substr(0, n);
    rest_.remove_prefix(n);
    return out;
  }
  std::uint32_t number(std::size_t n) {
    std::uint32_t out = 0;
    auto bytes = take(n);
    for (std::size_t i = bytes.size(); i-- > 0;) out = (out << 8) | static_cast<unsigned char>(bytes[i]);
    return out;
  }
  // With the bytes that fill it up to a multiple of four; those may be missing at the very end.
  std::string_view padded(std::size_t n) {
    auto out = take(n);
    rest_.remove_prefix(std::min(rest_.size(), (4 - n % 4) % 4));
    return out;
  }
  bool is_empty() const { return rest_.empty(); }
  bool is_over() const { return is_over_; }

 private:
  std::string_view rest_;
  bool is_over_ = false;
};

std::string charset_of(std::uint32_t code_page) {
  if (code_page == 0) return {};
  if (code_page == 65001) return "utf-8";
  if (code_page == 1200) return "utf-16le";
  if (code_page == 20127) return "us-ascii";
  if (code_page >= 28591 && code_page <= 28605) return "iso-8859-" + std::to_string(code_page - 28590);
  if (code_page >= 50220 && code_page <= 50222) return "iso-2022-jp";
  if (code_page == 51932) return "euc-jp";
  if (code_page == 20866) return "koi8-r";
  return "cp" + std::to_string(code_page);
}

// A property of a message or an attachment ([MS-OXTNEF] 2.1.3.4): type, id, first value.
struct Property {
  std::uint16_t type = 0, id = 0;
  std::string_view value;
};

std::size_t fixed_size(std::uint16_t type) {
  switch (type) {
    case 0x0002:  // numbers of up to four bytes, filled up to four
    case 0x0003:
    case 0x0004:
    case 0x000A:
    case 0x000B:
      return 4;
    case 0x0005:
    case 0x0006:
    case 0x0007:
    case 0x0014:
    case 0x0040:
      return 8;
    case 0x0048:
      return 16;
    default:
      return 0;
  }
}

bool is_sized(std::uint16_t type) {
  return type == 0x000D || type == 0x001E || type == 0x001F || type == 0x0102;
}

std::optional<Property> next_property(Cursor& in) {
  Property out;
  out.type = static_cast<std::uint16_t>(in.number(2));
  out.id = static_cast<std::uint16_t>(in.number(2));
  if (out.id >= 0x8000) {  // named: a GUID, then a number or a name
    in.take(16);
    if (in.number(4) == 0) {
      in.take(4);
    } else {
      in.padded(in.number(4));
    }
  }
  constexpr std::uint16_t kMany = 0x1000;
  const auto type = static_cast<std::uint16_t>(out.type & ~kMany);
  const bool is_sized_type = is_sized(type);
  const auto size = fixed_size(type);
  if (!is_sized_type && size == 0) return std::nullopt;  // not knowing its length, nothing after it can be read
  std::uint32_t count = is_sized_type || (out.type & kMany) != 0 ? in.number(4) : 1;
  for (std::uint32_t i = 0; i < count && !in.is_over(); ++i) {
    auto value = is_sized_type ? in.padded(in.number(4)) : in.take(size);
    if (i == 0) out.value = value;
  }
  if (in.is_over()) return std::nullopt;
  out.type = type;
  return out;
}

class Reader {
 public:
  Reader(std::size_t max_text_bytes, std::size_t depth) : max_text_bytes_(max_text_bytes), depth_(depth) {}

  std::optional<Tnef> read(std::string_view bytes) {
    Cursor in(bytes);
    if (in.number(4) != kSignature) return std::nullopt;
    in.number(2);
    while (!in.is_empty()) {
      auto level = in.number(1);
      auto id = static_cast<std::uint16_t>(in.number(4) & 0xffff);
      auto data = in.take(in.number(4));
      if (in.is_over() || (level != 1 && level != 2)) {
        out_.is_damaged = true;
        break;
      }
      attribute(id, data);
      in.number(2);  // the checksum: many writers get it wrong
    }
    choose_text();
    return std::move(out_);
  }

 private:
  enum class Name : std::uint8_t { kNone, kDisplay, kTitle, kShort, kLong };  // of a file; the later the better

  void attribute(std::uint16_t id, std::string_view data) {
    switch (id) {
      case kCodePage:
        charset_ = charset_of(Cursor(data).number(4));
        break;
      case kBody:
        plain_ = {0x001E, 0, data};
        break;
      case kMessageProperties:
        properties(data, [this](const Property& p) { message_property(p); });
        break;
      case kAttachStart:
        open_ = out_.files.size();
        if (open_ < kMaxFiles) out_.files.emplace_back();
        name_ = Name::kNone;
        break;
      case kAttachTitle:
        if (is_file_open()) name_file(Name::kTitle, {0x001E, 0, data});
        break;
      case kAttachData:
        if (is_file_open()) out_.files[open_].content = data;
        break;
      case kAttachProperties:
        if (is_file_open()) properties(data, [this](const Property& p) { file_property(p); });
        break;
      default:
        break;
    }
  }

  bool is_file_open() const { return open_ < out_.files.size() && open_ < kMaxFiles; }

  template <class Take>
  void properties(std::string_view data, Take take) {
    Cursor in(data);
    auto count = in.number(4);
    for (std::uint32_t i = 0; i < count; ++i) {
      auto property = i < kMaxProperties ? next_property(in) : std::nullopt;
      if (!property) {
        out_.is_damaged = true;
        return;
      }
      take(*property);
    }
  }

  void message_property(const Property& p) {
    if (p.id == 0x3FDE) body_charset_ = charset_of(Cursor(p.value).number(4));
    if (p.id == 0x1000) plain_ = p;
    if (p.id == 0x1013) html_ = p;
    if (p.id == 0x1009) rtf_ = p.value;
    if (p.id == 0x0037) subject_ = p;
  }

  // Each kind of name is read once, and only over a worse one: decoding costs more than the few bytes that ask for it.
  void name_file(Name kind, const Property& p) {
    if (kind <= name_ || p.value.empty()) return;
    name_ = kind;
    if (auto name = string_of(p); !name.empty()) out_.files[open_].file_name = std::move(name);
  }

  void file_property(const Property& p) {
    auto& file = out_.files[open_];
    if (p.id == 0x3001) name_file(Name::kDisplay, p);
    if (p.id == 0x3704) name_file(Name::kShort, p);
    if (p.id == 0x3707) name_file(Name::kLong, p);
    if (p.id == 0x370E && file.content_type.empty()) file.content_type = text::to_lower_ascii(string_of(p));
    if (p.id == 0x3712 && file.content_id.empty()) file.content_id = string_of(p);
    if (p.id == 0x3701) {
      // An object is led by the GUID of its interface; a message within is a whole TNEF stream.
      auto value = p.type == 0x000D && p.value.size() >= 16 ? p.value.substr(16) : p.value;
      if (p.type != 0x000D || !embedded(value)) file.content = value;
    }
  }

  bool embedded(std::string_view bytes) {
    if (depth_ + 1 >= kMaxDepth || embedded_++ >= kMaxEmbedded) return false;
    Reader inner_reader(max_text_bytes_, depth_ + 1);
    auto inner = inner_reader.read(bytes);
    if (!inner) return false;
    out_.is_damaged = out_.is_damaged || inner->is_damaged;
    auto& file = out_.files[open_];
    if (file.file_name.empty()) file.file_name = inner_reader.string_of(inner_reader.subject_);
    if (file.file_name.empty()) file.file_name = "message";
    file.file_name += ".txt";
    name_ = Name::kLong;
    file.content_type = "text/plain";
    file.content = std::move(inner->text);
    for (auto& more : inner->files) {
      if (out_.files.size() < kMaxFiles) out_.files.push_back(std::move(more));
    }
    return true;
  }

  std::string words(std::string_view bytes) const {
    while (!bytes.empty() && bytes.back() == '\0') bytes.remove_suffix(1);
    return to_utf8(head_of(bytes, max_text_bytes_), charset_);
  }
  std::string string_of(const Property& p) const {
    if (p.type == 0x001E) return words(p.value);
    if (p.type != 0x001F) return {};
    auto bytes = p.value.substr(0, std::min(p.value.size() & ~std::size_t{1}, max_text_bytes_ & ~std::size_t{1}));
    while (bytes.ends_with(std::string_view("\0\0", 2))) bytes.remove_suffix(2);
    return bytes.empty() ? std::string{} : to_utf8(bytes, "utf-16le");
  }

  void choose_text() {
    out_.text = with_line_feeds(string_of(plain_));
    if (text::trim(out_.text).empty() && !html_.value.empty()) {
      auto charset = body_charset_.empty() ? charset_ : body_charset_;
      auto bytes = head_of(html_.value, 3 * max_text_bytes_);
      auto html = html_.type == 0x001F ? string_of(html_) : to_utf8(bytes, charset, html_declared_charset(bytes));
      out_.text = html_to_text(html, max_text_bytes_).text;
    }
    if (text::trim(out_.text).empty() && !rtf_.empty()) {
      auto rtf = decompress_rtf(rtf_, 8 * max_text_bytes_);
      out_.is_damaged = out_.is_damaged || !rtf;
      if (rtf) out_.text = rtf_to_text(*rtf, max_text_bytes_);
    }
    out_.text.resize(head_of(out_.text, max_text_bytes_).size());
  }

  std::size_t max_text_bytes_, depth_;
  Tnef out_;
  std::string charset_, body_charset_;
  Property plain_, html_, subject_;  // as found; read at the end
  std::string_view rtf_;
  std::size_t open_ = kMaxFiles;  // the file that attributes belong to
  Name name_ = Name::kNone;
  std::size_t embedded_ = 0;
};

}  // namespace

std::optional<Tnef> read_tnef(std::string_view bytes, std::size_t max_text_bytes) {
  return Reader(max_text_bytes, 0).read(bytes);
}

}  // namespace usher::connectors::email
