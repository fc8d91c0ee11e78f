#include "usage.hpp"

#include <pthread.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include <fstream>
#include <string>

namespace handoff {
namespace {

double seconds(const timeval& t) {
    return static_cast<double>(t.tv_sec) + 1e-6 * static_cast<double>(t.tv_usec);
}

// Present where the kernel was built with CONFIG_SCHED_DEBUG.
std::int64_t migrations_of_this_thread() {
    std::ifstream sched("/proc/thread-self/sched");
    for (std::string line; std::getline(sched, line);)
        if (line.starts_with("se.nr_migrations")) return std::stoll(line.substr(line.find(':') + 1));
    return 0;
}

}  // namespace

usage usage::of_this_thread() {
    rusage r{};
    getrusage(RUSAGE_THREAD, &r);
    return {seconds(r.ru_utime) + seconds(r.ru_stime), r.ru_nvcsw, r.ru_nivcsw, migrations_of_this_thread()};
}

usage usage::of_this_process() {
    usage all;
    for (const auto who : {RUSAGE_SELF, RUSAGE_CHILDREN}) {
        rusage r{};
        getrusage(who, &r);
        all += {seconds(r.ru_utime) + seconds(r.ru_stime), r.ru_nvcsw, r.ru_nivcsw, 0};
    }
    return all;
}

usage& usage::operator+=(const usage& other) {
    cpu_seconds += other.cpu_seconds;
    voluntary_switches += other.voluntary_switches;
    involuntary_switches += other.involuntary_switches;
    migrations += other.migrations;
    return *this;
}

thread_cpu_clock thread_cpu_clock::of_this_thread() {
    thread_cpu_clock mine;
    pthread_getcpuclockid(pthread_self(), &mine.id_);
    return mine;
}

double thread_cpu_clock::seconds() const {
    timespec used{};
    clock_gettime(id_, &used);
    return static_cast<double>(used.tv_sec) + 1e-9 * static_cast<double>(used.tv_nsec);
}

double peak_resident_bytes() {
    // "VmHWM:   12345 kB" (proc(5)). Not getrusage's ru_maxrss, which a process keeps when it becomes another
    // program: that of a small program which a large one has started is the large one's.
    std::ifstream status("/proc/self/status");
    for (std::string line; std::getline(status, line);)
        if (line.starts_with("VmHWM:")) return 1024.0 * std::stod(line.substr(6));
    return 0.0;
}

unsigned threads_of_this_process() {
    // It holds a folder for each thread (proc(5)), and each of these is a link to it, as are its name and its
    // own "."; to count the links takes a microsecond, however many threads there are.
    struct stat tasks {};
    if (stat("/proc/self/task", &tasks) != 0 || tasks.st_nlink < 3) return 0;
    return static_cast<unsigned>(tasks.st_nlink) - 2;
}

double stolen_seconds() {
    // "cpu user nice system idle iowait irq softirq steal …", in clock ticks (proc(5)).
    std::ifstream stat("/proc/stat");
    std::string label;
    double field[8] = {};
    stat >> label;
    for (double& f : field) stat >> f;
    return field[7] / static_cast<double>(sysconf(_SC_CLK_TCK));
}

}  // namespace handoff
