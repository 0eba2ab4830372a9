// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Sorting in a tenth of the code of std::sort, of which the runtime would hold one copy per comparison.
#ifndef DSC_RUNTIME_SCHEMA_SORT_H
#define DSC_RUNTIME_SCHEMA_SORT_H

#include <cstddef>
#include <utility>

namespace dsc::schema {

/// Heap sort: in place, O(n log n) whatever the input, equal elements in no particular order.
template <class T, class Less>
void sortRange(T *first, size_t count, Less less) {
  for (size_t start = count / 2, end = count; end > 1;) {
    if (start > 0)
      --start;
    else
      std::swap(first[0], first[--end]);
    for (size_t at = start, child; (child = 2 * at + 1) < end; at = child) {
      child += child + 1 < end && less(first[child], first[child + 1]);
      if (!less(first[at], first[child]))
        break;
      std::swap(first[at], first[child]);
    }
  }
}

} // namespace dsc::schema
#endif
