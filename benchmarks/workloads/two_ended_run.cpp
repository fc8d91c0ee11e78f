#include "two_ended_run.hpp"

namespace handoff {

two_ended_run::two_ended_run(const run_settings& settings, unsigned producers, unsigned consumers,
                             const queue_spec& spec)
    : spec_(spec),
      oversubscribed_(is_oversubscribed(settings, producers + consumers)),
      settings_(settings),
      producers_(producers),
      consumers_(consumers) {}

two_ended_run::~two_ended_run() = default;

sample two_ended_run::take() {
    return take_sample({.settings = settings_,
                        .threads = producers_ + consumers_,
                        .feeding = producers_,
                        .body =
                            [this](unsigned i, window& w, thread_record& r) {
                                i < producers_ ? produce(i, w, r) : consume(i - producers_, w, r);
                            },
                        .wake_all = [this] { gates_.wake_all(); }});
}

}  // namespace handoff
