#pragma once

#include <cstddef>
#include <new>

namespace baudot {

inline constexpr std::size_t huge_page_bytes = std::size_t{2} << 20;

/// Whole huge pages, where the system has them for whoever asks; else ordinary ones. Much memory
/// that is used in no order costs several times less in them: each ordinary page of 4 KiB is a
/// fault at first and a place in the TLB ever after. Not initialised. `bytes` is a multiple of
/// huge_page_bytes. Throws std::bad_alloc.
void* take_huge_pages(std::size_t bytes);
void give_back_huge_pages(void* pages, std::size_t bytes) noexcept;

/// For a vector that may become large.
template <class T>
struct huge_page_allocator {
    using value_type = T;
    static constexpr std::align_val_t alignment{alignof(T)};

    huge_page_allocator() = default;
    template <class U>
    explicit huge_page_allocator(const huge_page_allocator<U>&) noexcept {}

    T* allocate(std::size_t count) {
        const std::size_t bytes = count * sizeof(T);
        if (!is_huge(bytes)) return static_cast<T*>(::operator new(bytes, alignment));
        return static_cast<T*>(take_huge_pages(bytes));
    }
    void deallocate(T* values, std::size_t count) noexcept {
        const std::size_t bytes = count * sizeof(T);
        if (!is_huge(bytes)) return ::operator delete(values, alignment);
        give_back_huge_pages(values, bytes);
    }
    static bool is_huge(std::size_t bytes) { return bytes > 0 && bytes % huge_page_bytes == 0; }

    friend bool operator==(const huge_page_allocator&, const huge_page_allocator&) = default;
};

}  // namespace baudot
