// Numbers by address, forgotten at once between executions.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <stdexcept>

namespace handoff::exploration {

class address_map {
public:
    static constexpr unsigned none = ~0u;

    void clear() {
        ++generation_;
        used_ = 0;
    }

    // The number of the address, to be read or set; `none` where nothing was set.
    unsigned& operator[](const void* address) {
        std::size_t i = (reinterpret_cast<std::uintptr_t>(address) * 0x9E3779B97F4A7C15ull) >> shift;
        for (;; i = (i + 1) % entries_.size()) {
            entry& e = entries_[i];
            if (e.generation != generation_) {
                if (++used_ > entries_.size() / 2)
                    throw std::length_error("exploration: too many objects in one execution");
                e = {address, none, generation_};
            }
            if (e.address == address) return e.number;
        }
    }

private:
    static constexpr unsigned bits = 11;
    static constexpr unsigned shift = 64 - bits;

    struct entry {
        const void* address = nullptr;
        unsigned number = none;
        std::uint64_t generation = 0;
    };
    std::array<entry, std::size_t{1} << bits> entries_{};
    std::uint64_t generation_ = 1;
    std::size_t used_ = 0;
};

}  // namespace handoff::exploration
