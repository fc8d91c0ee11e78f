// The I/O-bound pipeline's job: documents that take time to arrive. It knows nothing of queues.
#pragma once

#include <vector>

#include "list.hpp"

namespace handoff {

// The shortest makespan with `downloaders` at a time: no downloader idle, or the longest document alone.
double ideal_seconds(const std::vector<document>& documents, unsigned downloaders);

// Waits as long as the document takes to arrive.
void simulate_download(const document& d);

}  // namespace handoff
