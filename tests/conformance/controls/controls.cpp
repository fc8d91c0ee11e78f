// Registers the controls of this folder: CMakeLists.txt says which test must fail each of them, and how.
#include "controls/barging_lock.hpp"
#include "controls/carrying_counter.hpp"
#include "controls/crashing_queue.hpp"
#include "controls/faulty_bulks.hpp"
#include "controls/faulty_monitors.hpp"
#include "controls/faulty_waits.hpp"
#include "controls/fidgety_queue.hpp"
#include "controls/greedy_lock.hpp"
#include "controls/hasty_queue.hpp"
#include "controls/hasty_writer_lock.hpp"
#include "controls/hesitant_lock.hpp"
#include "controls/hoarding_queue.hpp"
#include "controls/late_queue.hpp"
#include "controls/lone_reader_lock.hpp"
#include "controls/narrow_index_ring.hpp"
#include "controls/narrow_mask_ring.hpp"
#include "controls/numbered_lanes_queue.hpp"
#include "controls/numbered_shards_counter.hpp"
#include "controls/one_slot_more_ring.hpp"
#include "controls/own_lanes_queue.hpp"
#include "controls/piecewise_counter.hpp"
#include "controls/reopened_segments_queue.hpp"
#include "controls/reserving_queue.hpp"
#include "controls/retracting_queue.hpp"
#include "controls/sleeping_queue.hpp"
#include "controls/unaligned_ring.hpp"
#include "controls/withholding_queue.hpp"
#include "counter_suite.hpp"
#include "lock_suite.hpp"
#include "queue_suite.hpp"
#include "wait_suite.hpp"

namespace handoff::conformance {
namespace {

[[maybe_unused]] const bool registered =
    register_queue<crashing_queue>("crashing_queue") && register_queue<fidgety_queue>("fidgety_queue") &&
    register_queue<hasty_queue>("hasty_queue") && register_queue<hoarding_queue>("hoarding_queue") &&
    register_queue<adding_queue>("adding_queue") && register_queue<coarse_queue>("coarse_queue") &&
    register_queue<contended_leak_queue>("contended_leak_queue") &&
    register_queue<napping_queue>("napping_queue") && register_queue<one_store_queue>("one_store_queue") &&
    register_queue<serial_queue>("serial_queue") && register_queue<swallowing_queue>("swallowing_queue") &&
    register_queue<late_queue>("late_queue") && register_queue<narrow_index_ring>("narrow_index_ring") &&
    register_queue<narrow_mask_ring>("narrow_mask_ring") &&
    register_queue<numbered_lanes_queue>("numbered_lanes_queue") &&
    register_queue<one_slot_more_ring>("one_slot_more_ring") &&
    register_queue<own_lanes_queue>("own_lanes_queue") &&
    register_queue<reopened_segments_queue>("reopened_segments_queue") &&
    register_queue<reserving_queue>("reserving_queue") && register_queue<sleeping_queue>("sleeping_queue") &&
    register_queue<unaligned_ring>("unaligned_ring") &&
    register_queue<withholding_queue>("withholding_queue") &&
    register_queue<retracting_queue>("retracting_queue") && register_queue<bulk_ring>("bulk_ring") &&
    register_queue<wrap_losing_ring>("wrap_losing_ring") &&
    register_queue<reversing_ring>("reversing_ring") && register_queue<grasping_ring>("grasping_ring") &&
    register_queue<boasting_ring>("boasting_ring") &&
    register_counter<carrying_counter>("carrying_counter") &&
    register_counter<piecewise_counter>("piecewise_counter") &&
    register_counter<numbered_shards_counter>("numbered_shards_counter") &&
    register_lock<barging_lock>("barging_lock") && register_lock<greedy_lock>("greedy_lock") &&
    register_lock<hasty_writer_lock>("hasty_writer_lock") && register_lock<hesitant_lock>("hesitant_lock") &&
    register_lock<lone_reader_lock>("lone_reader_lock") &&
    register_wait<unannounced_wait>("unannounced_wait") && register_wait<trusting_wait>("trusting_wait") &&
    register_wait<repeating_wait>("repeating_wait") && register_wait<sleepless_wait>("sleepless_wait") &&
    register_wait<merging_wait>("merging_wait") && register_wait<interrupted_wait>("interrupted_wait");

}  // namespace
}  // namespace handoff::conformance
