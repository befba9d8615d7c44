// The pages (web/dist), embedded in the binary: widget.js, demo.html/.css/.js, console.html/.js/.css, plain.css, help.css,
// favicon.svg, and the templates plain.html and help_*.html. Everything is constant data with the lifetime of the process; safe
// from any thread. Serving, caching headers and the Content-Security-Policy are the gateway's.
#pragma once
#include <span>
#include <string_view>

namespace usher::web {

struct Asset {
  std::string_view path;          // "widget.js": file name in web/dist, no leading slash
  std::string_view content_type;  // "text/javascript; charset=utf-8"
  std::string_view bytes;         // the file
  std::string_view etag;          // with its quotes, ready for the ETag header; changes when the bytes change
  bool is_template = false;       // plain.html, help_*.html: Mustache to be filled in, never to be served as it is
};

// The asset of a request path: one leading '/' is ignored, and a name without a dot means the page of that name ("/console" is
// console.html). Null when there is none, also for "" and "/". Exact names only: no "..", no decoding.
const Asset* find(std::string_view path);

// All of them, sorted by path.
std::span<const Asset> all();

}  // namespace usher::web
