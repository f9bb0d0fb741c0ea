#include "base/huge_pages.hpp"

#include <cstdint>
#include <sys/mman.h>

#include "base/assert.hpp"

namespace baudot {

// Taken with room to align, and what is too much at both ends given back.
void* take_huge_pages(std::size_t bytes) {
    BAUDOT_ASSERT(bytes > 0 && bytes % huge_page_bytes == 0, "whole pages");
    const std::size_t taken = bytes + huge_page_bytes;
    void* const mapped =
        ::mmap(nullptr, taken, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (mapped == MAP_FAILED) throw std::bad_alloc();
    auto* const first = static_cast<std::byte*>(mapped);
    const std::size_t before =
        (huge_page_bytes - reinterpret_cast<std::uintptr_t>(first) % huge_page_bytes) %
        huge_page_bytes;
    if (before > 0) ::munmap(first, before);
    ::munmap(first + before + bytes, huge_page_bytes - before);
    (void)::madvise(first + before, bytes, MADV_HUGEPAGE);  // a system without them says no
    return first + before;
}

void give_back_huge_pages(void* pages, std::size_t bytes) noexcept {
    ::munmap(pages, bytes);
}

}  // namespace baudot
