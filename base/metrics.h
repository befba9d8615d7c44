// Counters, gauges and histograms of the process, in Prometheus text form (prometheus-cpp core). Thread-safe.
// A metric is looked up once and kept: `static auto& accepted = metrics::counter("usher_accepted_total", "…",
// {{"channel","email"}});`
#pragma once
#include <map>
#include <string>
#include <vector>

namespace prometheus {
class Counter;
class Gauge;
class Histogram;
}  // namespace prometheus

namespace usher::metrics {

using Labels = std::map<std::string, std::string>;

class Counter {
 public:
  explicit Counter(prometheus::Counter& c) : c_(&c) {}
  void add(double n = 1);
  double value() const;

 private:
  prometheus::Counter* c_;
};
class Gauge {
 public:
  explicit Gauge(prometheus::Gauge& g) : g_(&g) {}
  void set(double v);
  void add(double n);
  double value() const;

 private:
  prometheus::Gauge* g_;
};
class Histogram {
 public:
  explicit Histogram(prometheus::Histogram& h) : h_(&h) {}
  void observe(double v);  // seconds for times, by Prometheus convention

 private:
  prometheus::Histogram* h_;
};

// References stay valid for the life of the program. The same name and labels give the same metric.
Counter& counter(const std::string& name, const std::string& help, const Labels& labels = {});
Gauge& gauge(const std::string& name, const std::string& help, const Labels& labels = {});
Histogram& histogram(const std::string& name, const std::string& help, const std::vector<double>& buckets,
                     const Labels& labels = {});

// The whole registry in text exposition format 0.0.4.
std::string render();

}  // namespace usher::metrics
