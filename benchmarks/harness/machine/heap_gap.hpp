// Moves the heap: how far a cache line is from two CPUs depends on its address, and a lucky one must not be
// taken for a property of the implementation.
#pragma once

#include <cstddef>
#include <memory>

namespace handoff {

// While it lives, what is allocated lies that much further on. Effective below malloc's threshold for
// mappings of their own (M_MMAP_THRESHOLD, 128 KiB, mallopt(3)).
class heap_gap {
public:
    explicit heap_gap(std::size_t bytes)
        : block_(std::make_unique_for_overwrite<char[]>(bytes)), escaped_(block_.get()) {}

private:
    std::unique_ptr<char[]> block_;
    char* volatile escaped_;  // or the compiler may leave out an allocation that is not used
};

}  // namespace handoff
