#include "document_store.hpp"

#include "document_file.hpp"

namespace handoff {

void document_store::save(const document& d) {
    const std::string name = file_name_of(d);
    try {
        if (saver_.save(name, document_body(d)) == save_result::taken)
            remember("unverified: " + name + " was to be saved twice");
    } catch (const save_error& e) {
        remember(std::string("failed: ") + e.what());
    }
}

void document_store::remember(const std::string& error) {
    const std::scoped_lock lock(mutex_);
    if (first_error_.empty()) first_error_ = error;
}

std::string document_store::check(std::span<const document> documents) const {
    const std::scoped_lock lock(mutex_);
    return first_error_.empty() ? check_files(folder_.path(), documents) : first_error_;
}

}  // namespace handoff
