#include "async/blocking_pool.hpp"

namespace baudot {

blocking_pool::blocking_pool(std::size_t threads) {
    threads_.reserve(threads);
    for (std::size_t i = 0; i < threads; ++i) threads_.emplace_back([this] { serve(); });
}

blocking_pool::~blocking_pool() {
    stop();
}

bool blocking_pool::post(std::function<void()> job) {
    {
        const std::lock_guard lock(mutex_);
        if (stopping_ || threads_.empty()) return false;
        jobs_.push_back(std::move(job));
    }
    wake_.notify_one();
    return true;
}

void blocking_pool::stop() {
    {
        const std::lock_guard lock(mutex_);
        stopping_ = true;
    }
    wake_.notify_all();
    for (auto& thread : threads_) {
        if (thread.joinable()) thread.join();
    }
}

void blocking_pool::serve() {
    for (;;) {
        std::unique_lock lock(mutex_);
        wake_.wait(lock, [this] { return stopping_ || !jobs_.empty(); });
        if (jobs_.empty()) return;
        const std::function<void()> job = std::move(jobs_.front());
        jobs_.pop_front();
        lock.unlock();
        job();
    }
}

}  // namespace baudot
