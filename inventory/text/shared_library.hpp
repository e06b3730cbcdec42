// SPDX-License-Identifier: Apache-2.0
// A library opened at run time: one that belongs to a driver, or that one command alone needs and every other would
// pay for at its start.
#pragma once

#include <dlfcn.h>

#include <memory>

namespace cradle::inventory {

class SharedLibrary {
 public:
  SharedLibrary() = default;
  /// By file name, as the loader finds it; not open where it is not there.
  explicit SharedLibrary(const char* name) : handle_(::dlopen(name, RTLD_NOW | RTLD_LOCAL)) {}

  explicit operator bool() const { return handle_ != nullptr; }

  /// Whether the library has this function; `into` is null where not.
  template <typename Function>
  bool find(const char* symbol, Function*& into) const {
    into = handle_ ? reinterpret_cast<Function*>(::dlsym(handle_.get(), symbol)) : nullptr;
    return into != nullptr;
  }

 private:
  struct Close {
    void operator()(void* handle) const { ::dlclose(handle); }
  };
  std::unique_ptr<void, Close> handle_;
};

}  // namespace cradle::inventory
