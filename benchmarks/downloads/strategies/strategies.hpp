// The register of the download strategies, but for the pools: each queue of the catalog brings its own.
#pragma once

#include <span>

#include "downloads/job/strategy.hpp"

namespace handoff {

std::span<const strategy* const> strategies();

}  // namespace handoff
