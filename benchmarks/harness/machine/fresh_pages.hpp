// Pages that nobody has touched: the kernel chooses where a page lies when it is first written, near the CPU
// that does it, and pages that come from the heap may have been another thread's.
#pragma once

#include <sys/mman.h>

#include <cstddef>
#include <memory>
#include <new>
#include <span>
#include <type_traits>

namespace handoff {

// `count` objects, made by the calling thread. Throws std::bad_alloc if there is no memory.
template <class T>
class fresh_pages {
    static_assert(std::is_trivially_destructible_v<T>);

public:
    explicit fresh_pages(std::size_t count)
        : bytes_(count * sizeof(T)),
          start_(mmap(nullptr, bytes_, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0)) {
        if (start_ == MAP_FAILED) throw std::bad_alloc();
        objects_ = {static_cast<T*>(start_), count};
        std::uninitialized_default_construct(objects_.begin(), objects_.end());
    }
    ~fresh_pages() { munmap(start_, bytes_); }
    fresh_pages(const fresh_pages&) = delete;
    fresh_pages& operator=(const fresh_pages&) = delete;

    std::span<T> all() { return objects_; }

private:
    std::size_t bytes_;
    void* start_;
    std::span<T> objects_;
};

}  // namespace handoff
