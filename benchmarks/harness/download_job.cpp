#include "download_job.hpp"

#include <algorithm>
#include <cerrno>
#include <fstream>
#include <iterator>
#include <system_error>
#include <thread>

namespace handoff {
namespace {

std::string file_name(const document& d) {
    return "document-" + std::to_string(d.id);
}

// What the file holds: words that depend on the document and on their place, so that a torn file shows.
std::string content(const document& d) {
    std::string text;
    text.reserve(d.bytes + 32);
    for (std::uint64_t word = 0; text.size() < d.bytes; ++word)
        text += std::to_string(d.id * 1'000'003 + word) + '\n';
    text.resize(d.bytes);
    return text;
}

}  // namespace

double ideal_seconds(const std::vector<document>& documents, unsigned downloaders) {
    std::chrono::nanoseconds all{0};
    std::chrono::nanoseconds longest{0};
    for (const document& d : documents) {
        all += d.latency;
        longest = std::max(longest, d.latency);
    }
    const double shared = std::chrono::duration<double>(all).count() / downloaders;
    return std::max(shared, std::chrono::duration<double>(longest).count());
}

void simulate_download(const document& d) {
    std::this_thread::sleep_for(d.latency);
}

bool document_store::claim(const std::string& name) {
    const std::scoped_lock lock(mutex_);
    return claimed_.insert(name).second;
}

void document_store::remember(const std::string& error) {
    const std::scoped_lock lock(mutex_);
    if (first_error_.empty()) first_error_ = error;
}

void document_store::write(const document& d, const std::filesystem::path& path) const {
    errno = 0;
    std::ofstream file(path, std::ios::binary);
    file << content(d);
    file.close();
    if (!file) throw std::system_error(errno, std::generic_category(), "cannot write " + path.string());
}

void document_store::save(const document& d) {
    const std::string name = file_name(d);
    if (!claim(name)) return remember("unverified: " + name + " was to be saved twice");
    try {
        write(d, folder_.path() / name);
    } catch (const std::system_error& e) {
        remember(std::string("failed: ") + e.what());
    }
}

std::string document_store::check(const std::vector<document>& documents) const {
    const std::scoped_lock lock(mutex_);
    if (!first_error_.empty()) return first_error_;
    const auto files = std::distance(std::filesystem::directory_iterator(folder_.path()), {});
    for (const document& d : documents) {
        std::ifstream file(folder_.path() / file_name(d), std::ios::binary);
        if (!file) return "unverified: " + file_name(d) + " was lost";
        const std::string found{std::istreambuf_iterator<char>(file), {}};
        if (found != content(d)) return "unverified: " + file_name(d) + " is torn";
    }
    if (static_cast<std::size_t>(files) != documents.size())
        return "unverified: there are " + std::to_string(files) + " files of " +
               std::to_string(documents.size());
    return {};
}

}  // namespace handoff
