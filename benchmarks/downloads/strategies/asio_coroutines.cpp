// C++20 coroutines on a Boost.Asio loop: as many under way as one likes, on one thread.
#include <utility>  // Boost 1.74 forgets it

#include <boost/asio/awaitable.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <exception>

#include "downloads/job/run.hpp"

namespace handoff {
namespace {

namespace asio = boost::asio;

// Waits by a timer for the time that the run says; where time is virtual, for the run to cancel the timer.
asio::awaitable<void> reached(download_run& run, job_time time) {
    const asio::any_io_executor loop = co_await asio::this_coro::executor;
    asio::steady_timer timer(loop, asio::steady_timer::time_point::max());
    // Posted, because the clock may call at once, before anything waits for the timer.
    const auto wait = run.call_at(time, [&loop, &timer] { asio::post(loop, [&timer] { timer.cancel(); }); });
    if (wait) timer.expires_after(*wait);
    boost::system::error_code cancelled;
    co_await timer.async_wait(asio::redirect_error(asio::use_awaitable, cancelled));
}

asio::awaitable<void> fetch_in_turn(download_run& run, std::size_t& next) {
    while (next < run.size()) {
        download_run::steps way(run, next++);
        for (auto time = way.next(); time; time = way.next()) co_await reached(run, *time);
        run.deliver(way.end());
    }
}

void run_asio_coroutines(download_run& run) {
    asio::io_context loop(1);
    std::size_t next = 0;
    std::exception_ptr failure;
    for (unsigned i = 0; i < run.in_flight(); ++i)
        asio::co_spawn(loop, fetch_in_turn(run, next), [&failure](std::exception_ptr thrown) {
            if (!failure) failure = thrown;
        });
    loop.run();
    if (failure) std::rethrow_exception(failure);
}

}  // namespace

extern const strategy asio_coroutines;
const strategy asio_coroutines{
    .spec = {.name = "asio_coroutines", .threads = thread_use::one, .fetches = fetching::by_steps},
    .run = run_asio_coroutines,
};

}  // namespace handoff
