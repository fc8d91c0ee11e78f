// Threads that save documents as files and agree on the names: what the ways to claim a name cost.
#pragma once

#include "downloads/saving/file_saver.hpp"
#include "harness/sample.hpp"

namespace handoff {

struct saving_plan {
    run_settings settings{};
    claim_kind claim = claim_kind::id;
    unsigned savers = 1;
    std::size_t items = 500;
    bool durable = false;
};

// Each document is offered twice in a row, so that two threads may want its name at the same time; it must be
// written once.
outcome run_saving(const saving_plan& plan);

}  // namespace handoff
