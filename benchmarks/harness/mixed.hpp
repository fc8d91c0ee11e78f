// Numbers that look random and follow from a number: splitmix64 (Steele, Lea and Flood, OOPSLA 2014);
// neighbouring seeds give unrelated numbers.
#pragma once

#include <cstdint>

namespace handoff {

constexpr std::uint64_t mixed(std::uint64_t value) {
    value += 0x9e3779b97f4a7c15;
    value = (value ^ (value >> 30)) * 0xbf58476d1ce4e5b9;
    value = (value ^ (value >> 27)) * 0x94d049bb133111eb;
    return value ^ (value >> 31);
}

}  // namespace handoff
