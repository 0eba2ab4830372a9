// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Header-only C++17 wrapper over dsc.h: handles that release themselves, results instead of out parameters. Not part of
// the ABI. Works with -fno-exceptions -fno-rtti.
#pragma once
#include <dsc/dsc.h>

#include <cstdint>
#include <memory>
#include <string>
#include <utility>
#include <variant>

namespace dsc {

class [[nodiscard]] Status {
 public:
  Status() { e_.struct_size = sizeof e_; }
  explicit operator bool() const { return e_.code == DSC_OK; }
  dsc_status code() const { return e_.code; }
  std::uint64_t where() const { return e_.where; }
  std::string message() const { return std::string(dsc_status_name(e_.code)) + ": " + e_.message; }
  dsc_error* raw() { return &e_; }
  Status& operator=(dsc_status s) {
    e_.code = s;
    return *this;
  }

 private:
  dsc_error e_{};
};

template <class T>
class [[nodiscard]] Result {
 public:
  Result(T v) : v_(std::in_place_index<0>, std::move(v)) {}
  Result(Status s) : v_(std::in_place_index<1>, s) {}
  explicit operator bool() const { return v_.index() == 0; }
  T& operator*() & { return *std::get_if<0>(&v_); }
  T&& operator*() && { return std::move(*std::get_if<0>(&v_)); }
  T* operator->() { return std::get_if<0>(&v_); }
  const Status& status() const { return *std::get_if<1>(&v_); }

 private:
  std::variant<T, Status> v_;
};

// An options struct with struct_size filled in and everything else at its default.
template <class Options>
Options sized() {
  Options o{};
  o.struct_size = sizeof o;
  return o;
}

namespace detail {
struct Release {
  void operator()(dsc_runtime* p) const { dsc_runtime_release(p); }
  void operator()(dsc_plan* p) const { dsc_plan_release(p); }
  void operator()(dsc_context* p) const { dsc_context_release(p); }
  void operator()(dsc_pipeline* p) const { dsc_pipeline_release(p); }
};
template <class H>
using Handle = std::unique_ptr<H, Release>;
}  // namespace detail

class Context {
 public:
  explicit Context(dsc_context* c) : h_(c) {}
  Status run(const dsc_tensor* in, std::uint32_t num_in, dsc_tensor* out, std::uint32_t num_out,
             std::uint64_t timeout_ns = 0) {
    Status s;
    s = dsc_context_run(h_.get(), in, num_in, out, num_out, timeout_ns, s.raw());
    return s;
  }
  Status enqueue(const dsc_tensor* in, std::uint32_t num_in, dsc_tensor* out, std::uint32_t num_out,
                 void* stream = nullptr) {
    Status s;
    s = dsc_context_enqueue(h_.get(), in, num_in, out, num_out, stream, s.raw());
    return s;
  }
  Status wait(std::uint64_t timeout_ns = 0) {
    Status s;
    s = dsc_context_wait(h_.get(), timeout_ns, s.raw());
    return s;
  }
  Status output_shapes(const dsc_tensor* in, std::uint32_t num_in, dsc_tensor* out, std::uint32_t num_out) {
    Status s;
    s = dsc_context_output_shapes(h_.get(), in, num_in, out, num_out, s.raw());
    return s;
  }
  Status set_variant(std::uint32_t v) {
    Status s;
    s = dsc_context_set_variant(h_.get(), v, s.raw());
    return s;
  }
  void cancel() { dsc_context_cancel(h_.get()); }
  dsc_context* raw() const { return h_.get(); }

 private:
  detail::Handle<dsc_context> h_;
};

class Pipeline {
 public:
  explicit Pipeline(dsc_pipeline* p) : h_(p) {}
  Status submit(const dsc_tensor* in, std::uint32_t num_in, dsc_tensor* out, std::uint32_t num_out,
                std::uint64_t& ticket) {
    Status s;
    s = dsc_pipeline_submit(h_.get(), in, num_in, out, num_out, &ticket, s.raw());
    return s;
  }
  Status wait(std::uint64_t ticket, std::uint64_t timeout_ns = 0) {
    Status s;
    s = dsc_pipeline_wait(h_.get(), ticket, timeout_ns, s.raw());
    return s;
  }
  void abort() { dsc_pipeline_abort(h_.get()); }
  dsc_pipeline* raw() const { return h_.get(); }

 private:
  detail::Handle<dsc_pipeline> h_;
};

class Plan {
 public:
  explicit Plan(dsc_plan* p) : h_(p) {}
  Result<Context> context(dsc_context_options o = sized<dsc_context_options>()) const {
    Status s;
    dsc_context* c = nullptr;
    if ((s = dsc_context_create(h_.get(), &o, &c, s.raw()))) return Context(c);
    return s;
  }
  Result<Pipeline> pipeline(dsc_pipeline_options o = sized<dsc_pipeline_options>()) const {
    Status s;
    dsc_pipeline* p = nullptr;
    if ((s = dsc_pipeline_create(h_.get(), &o, &p, s.raw()))) return Pipeline(p);
    return s;
  }
  Result<dsc_tensor_info> input(std::uint32_t fn, std::uint32_t i) const {
    Status s;
    auto info = sized<dsc_tensor_info>();
    if ((s = dsc_plan_input(h_.get(), fn, i, &info, s.raw()))) return info;
    return s;
  }
  Result<dsc_tensor_info> output(std::uint32_t fn, std::uint32_t i) const {
    Status s;
    auto info = sized<dsc_tensor_info>();
    if ((s = dsc_plan_output(h_.get(), fn, i, &info, s.raw()))) return info;
    return s;
  }
  dsc_plan* raw() const { return h_.get(); }

 private:
  detail::Handle<dsc_plan> h_;
};

class Runtime {
 public:
  static Result<Runtime> create(dsc_runtime_options o = sized<dsc_runtime_options>()) {
    Status s;
    dsc_runtime* r = nullptr;
    if ((s = dsc_runtime_create(&o, &r, s.raw()))) return Runtime(r);
    return s;
  }
  Result<Plan> open(const std::string& path, dsc_plan_options o = sized<dsc_plan_options>()) const {
    Status s;
    dsc_plan* p = nullptr;
    if ((s = dsc_plan_open_file(h_.get(), path.c_str(), &o, &p, s.raw()))) return Plan(p);
    return s;
  }
  dsc_runtime* raw() const { return h_.get(); }

 private:
  explicit Runtime(dsc_runtime* r) : h_(r) {}
  detail::Handle<dsc_runtime> h_;
};

}  // namespace dsc
