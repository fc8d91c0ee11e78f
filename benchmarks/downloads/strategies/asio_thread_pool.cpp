// Boost.Asio's thread pool, with a task for each document.
#include <boost/asio/post.hpp>
#include <boost/asio/thread_pool.hpp>

#include "downloads/job/run.hpp"

namespace handoff {
namespace {

void run_asio_thread_pool(download_run& run) {
    boost::asio::thread_pool pool(run.in_flight());
    for (std::size_t i = 0; i < run.size(); ++i)
        boost::asio::post(pool, [&run, i] { run.deliver(run.fetch(i)); });
    pool.join();
}

}  // namespace

extern const strategy asio_thread_pool;
const strategy asio_thread_pool{
    .spec = {.name = "asio_thread_pool"},
    .run = run_asio_thread_pool,
};

}  // namespace handoff
