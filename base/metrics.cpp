#include "base/metrics.h"

#include <exception>
#include <memory>
#include <mutex>
#include <utility>

#include <prometheus/counter.h>
#include <prometheus/gauge.h>
#include <prometheus/histogram.h>
#include <prometheus/registry.h>
#include <prometheus/text_serializer.h>

#include "base/check.h"

namespace usher::metrics {
namespace {

template <class T>
using Known = std::map<std::pair<std::string, Labels>, std::unique_ptr<T>>;

struct Store {
  std::mutex mutex;
  prometheus::Registry registry;
  Known<Counter> counters;
  Known<Gauge> gauges;
  Known<Histogram> histograms;
};

// Never destroyed: threads may still count while the program's statics go away.
Store& store() {
  static auto* const instance = new Store;
  return *instance;
}

// The library throws for a name or label that is not allowed, and for one name used for two kinds of metric: our bug, found at
// first use.
template <class T, class Make>
T& find_or_make(Known<T>& known, const std::string& name, const Labels& labels, Make make) {
  const std::lock_guard lock(store().mutex);
  auto& slot = known[{name, labels}];
  if (slot) return *slot;
  try {
    slot = std::make_unique<T>(make(store().registry));
  } catch (const std::exception& e) {
    std::fprintf(stderr, "usher: metric %s: %s\n", name.c_str(), e.what());
    USHER_CHECK(false, "a metric's name, kind or labels are not allowed");
  }
  return *slot;
}

}  // namespace

void Counter::add(double n) {
  c_->Increment(n);
}
double Counter::value() const {
  return c_->Value();
}

void Gauge::set(double v) {
  g_->Set(v);
}
void Gauge::add(double n) {
  g_->Increment(n);
}
double Gauge::value() const {
  return g_->Value();
}

void Histogram::observe(double v) {
  h_->Observe(v);
}

Counter& counter(const std::string& name, const std::string& help, const Labels& labels) {
  return find_or_make(store().counters, name, labels, [&](prometheus::Registry& registry) {
    return Counter(prometheus::BuildCounter().Name(name).Help(help).Register(registry).Add(labels));
  });
}

Gauge& gauge(const std::string& name, const std::string& help, const Labels& labels) {
  return find_or_make(store().gauges, name, labels, [&](prometheus::Registry& registry) {
    return Gauge(prometheus::BuildGauge().Name(name).Help(help).Register(registry).Add(labels));
  });
}

Histogram& histogram(const std::string& name, const std::string& help, const std::vector<double>& buckets, const Labels& labels) {
  return find_or_make(store().histograms, name, labels, [&](prometheus::Registry& registry) {
    return Histogram(prometheus::BuildHistogram().Name(name).Help(help).Register(registry).Add(labels, buckets));
  });
}

std::string render() {
  return prometheus::TextSerializer().Serialize(store().registry.Collect());
}

}  // namespace usher::metrics
