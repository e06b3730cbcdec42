// SPDX-License-Identifier: Apache-2.0
#include "app/memory.hpp"

#include <malloc.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <unistd.h>

#include <cstdint>
#include <cstdlib>
#include <initializer_list>

namespace cradle::app {
namespace {
constexpr int ahead = 256 << 20;        // addresses, not memory: pages are taken as they are written to
constexpr int usual_ahead = 128 << 10;  // glibc's own
constexpr std::uintptr_t huge_page = 2 << 20;
}  // namespace

void keep_memory() {
  ::mallopt(M_MMAP_THRESHOLD, 1 << 30);
  ::mallopt(M_TRIM_THRESHOLD, -1);
}

void prefer_huge_pages() {
  for (const auto resource : {RLIMIT_AS, RLIMIT_DATA}) {
    rlimit limit{};
    if (::getrlimit(resource, &limit) != 0 || limit.rlim_cur != RLIM_INFINITY) return;  // addresses are counted too
  }
  ::mallopt(M_TOP_PAD, ahead);
  const auto begin = reinterpret_cast<std::uintptr_t>(::sbrk(0));
  void* volatile block =
      std::malloc(huge_page);  // moves the end of the heap; volatile, or the compiler leaves both out
  std::free(block);
  ::mallopt(M_TOP_PAD, usual_ahead);
  const auto end = reinterpret_cast<std::uintptr_t>(::sbrk(0));
  const auto first = (begin + huge_page - 1) / huge_page * huge_page;
  if (end > first) ::madvise(reinterpret_cast<void*>(first), end - first, MADV_HUGEPAGE);
}

}  // namespace cradle::app
