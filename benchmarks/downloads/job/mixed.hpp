// Neighbouring numbers to unrelated ones: what is drawn for one document follows from its number alone.
#pragma once

#include <cstdint>

namespace handoff {

// splitmix64 (Steele, Lea and Flood, OOPSLA 2014).
constexpr std::uint64_t mixed(std::uint64_t value) {
    value += 0x9e3779b97f4a7c15;
    value = (value ^ (value >> 30)) * 0xbf58476d1ce4e5b9;
    value = (value ^ (value >> 27)) * 0x94d049bb133111eb;
    return value ^ (value >> 31);
}

// Even between 0 and 1.
constexpr double even_share(std::uint64_t value) {
    return static_cast<double>(mixed(value) >> 11) * 0x1p-53;
}

}  // namespace handoff
