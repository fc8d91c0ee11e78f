// Several processes, copies of this one. They take documents from one socket, as they can, and send back
// what came of them through another.
#include <sys/socket.h>
#include <sys/time.h>

#include <array>
#include <cerrno>
#include <stdexcept>
#include <string>
#include <system_error>
#include <type_traits>
#include <vector>

#include "downloads/job/run.hpp"
#include "downloads/processes/child_process.hpp"
#include "downloads/processes/descriptor.hpp"

namespace handoff {
namespace {

// Both ends of a way for whole messages; many may read at one end, and each message comes to one of them.
class message_pair {
public:
    message_pair() {
        std::array<int, 2> ends{};
        if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends.data()) != 0)
            throw std::system_error(errno, std::generic_category(), "no socket pair");
        sends_ = {ends[0], "socketpair"};
        receives_ = {ends[1], "socketpair"};
    }

    void close_sending() { sends_.close(); }
    void close_receiving() { receives_.close(); }

    template <class Message>
    void send(const Message& message) const {
        static_assert(std::is_trivially_copyable_v<Message>);
        while (::send(sends_.get(), &message, sizeof(message), MSG_NOSIGNAL) < 0)
            if (errno != EINTR) throw std::system_error(errno, std::generic_category(), "cannot send");
    }

    // How many bytes came: 0 when all who could send have gone, -1 when the time is up.
    template <class Message>
    ssize_t receive(Message& message) const {
        for (;;) {
            const ssize_t bytes = recv(receives_.get(), &message, sizeof(message), 0);
            if (bytes >= 0 || errno == EAGAIN) return bytes;
            if (errno != EINTR) throw std::system_error(errno, std::generic_category(), "cannot receive");
        }
    }

    void set_patience(const timeval& time) const {
        setsockopt(receives_.get(), SOL_SOCKET, SO_RCVTIMEO, &time, sizeof(time));
    }

private:
    descriptor sends_;
    descriptor receives_;
};

struct process_answer {
    fetched result;
    fetch_stamps stamps;
};

class process_pool {
public:
    explicit process_pool(download_run& run) : run_(run) {
        while (processes_.size() < run.in_flight())
            processes_.push_back(child_process::copy([this] { return work(); }));
        jobs_.close_receiving();
        answers_.close_sending();
        answers_.set_patience({.tv_sec = 0, .tv_usec = 100'000});
    }

    void run() {
        // More than the workers can take at once, as a pool's queue has, and less than the sockets hold.
        const std::size_t most_sent = run_.in_flight() + std::size_t{64};
        std::size_t sent = 0;
        for (std::size_t answered = 0; answered < run_.size(); ++answered) {
            for (; sent < run_.size() && sent - answered < most_sent; ++sent) jobs_.send(sent);
            const process_answer answer = next_answer();
            run_.adopt(answer.result, answer.stamps);
            run_.deliver(answer.result);
        }
        jobs_.close_sending();
        for (child_process& one : processes_) one.wait();
    }

private:
    // In a copy of this process: its own copy of the run does the waiting and takes the stamps.
    int work() {
        jobs_.close_sending();
        answers_.close_receiving();
        for (std::size_t index = 0; jobs_.receive(index) > 0;) {
            const fetched result = run_.fetch(index);
            answers_.send(process_answer{result, run_.stamps()[index]});
        }
        return 0;
    }

    process_answer next_answer() {
        for (process_answer answer{};;) {
            if (answers_.receive(answer) > 0) return answer;
            // A document that a process has taken is gone with it.
            for (child_process& one : processes_)
                if (!one.running())
                    throw std::runtime_error("process " + std::to_string(one.pid()) + " has ended (" +
                                             one.fate() + "), and its document is lost");
        }
    }

    download_run& run_;
    message_pair jobs_;
    message_pair answers_;
    std::vector<child_process> processes_;
};

void run_processes(download_run& run) {
    process_pool(run).run();
}

}  // namespace

extern const strategy processes;
const strategy processes{
    // The clock of virtual time knows the threads of one process.
    .spec = {.name = "processes", .fetches = fetching::in_processes, .prompt = false},
    .run = run_processes,
};

}  // namespace handoff
