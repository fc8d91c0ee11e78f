#include "strategies.hpp"

namespace handoff {

// One file each.
extern const strategy sequential;
extern const strategy thread_per_item;
extern const strategy window_in_order;
extern const strategy window_completion_order;
extern const strategy window_reorder_buffer;
extern const strategy asio_thread_pool;
extern const strategy tbb_pipeline;
extern const strategy curl_multi;
extern const strategy processes;
extern const strategy redis_workers;
extern const strategy redis_workers_saving;
#if HANDOFF_COROUTINES
extern const strategy asio_coroutines;
#endif

std::span<const strategy* const> strategies() {
    static constexpr const strategy* all[] = {
        &sequential,
        &thread_per_item,
        &window_in_order,
        &window_completion_order,
        &window_reorder_buffer,
        &asio_thread_pool,
        &tbb_pipeline,
        &curl_multi,
        &processes,
        &redis_workers,
        &redis_workers_saving,
#if HANDOFF_COROUTINES
        &asio_coroutines,
#endif
    };
    return all;
}

}  // namespace handoff
