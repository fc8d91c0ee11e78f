// What a spinning thread says to the explorer: let others go on, I wait for a change.
#pragma once

#include "execution.hpp"

namespace handoff::exploration {

inline void pause() noexcept {
    running().spin();
}
inline void yield() noexcept {
    running().spin();
}

}  // namespace handoff::exploration
