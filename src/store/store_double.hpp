#pragma once

#include <array>
#include <cstddef>
#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <utility>

#include "base/random.hpp"
#include "store/store.hpp"

namespace baudot::store {

/// A store in memory with the semantics of the real one, for tests and the simulation: atomic
/// batches, a position, and crash(), which loses what was not flushed. As the real one may have
/// flushed on its own, a crash keeps some prefix of the unflushed batches, drawn from a seed.
///
/// A checkpoint lives in the double, under its name. Not thread-safe.
class store_double final : public store {
public:
    result<void> apply(const write_batch& batch, sequence position) override;
    result<std::optional<std::string>> get(family where, std::string_view key) const override;
    result<void> scan(family where, std::string_view lower, std::string_view upper,
                      const visitor& visit) const override;
    result<void> flush() override;
    sequence position() const override { return newest_.position; }
    sequence flushed_position() const override { return flushed_.position; }
    result<void> checkpoint(const std::string& to) override;

    /// The process died: what a reopened store would hold.
    void crash(random_source& random);

    /// Called whenever a flush() is done and its caller does not know yet; empty: nothing is.
    void after_flush(std::function<void()> call) { after_flush_ = std::move(call); }

    /// What checkpoint(name) copied, as a store of its own; null when there is none.
    std::unique_ptr<store_double> open_checkpoint(const std::string& name) const;

    /// The next apply() or flush() fails with `code` and changes nothing.
    void fail_next(errc code) { failure_ = code; }

    /// While it is full, apply() and flush() are errc::no_space and change nothing.
    void set_full(bool is_full) { is_full_ = is_full; }

    /// From the `calls`-th call on (0: the next; reads count too) every call fails with `code`
    /// and changes nothing, until heal().
    void fail_from(std::size_t calls, errc code) { failing_ = {calls, code}; }
    void heal() { failing_.reset(); }

private:
    struct contents {
        std::array<std::map<std::string, std::string, std::less<>>, family_count> families;
        sequence position{};
        void apply(const write_batch& batch, sequence at);
    };

    result<void> admit(std::string_view act) const;
    result<void> admit_write(std::string_view act);

    contents newest_;
    contents flushed_;
    std::deque<std::pair<write_batch, sequence>> unflushed_;
    std::map<std::string, contents> checkpoints_;
    std::function<void()> after_flush_;
    bool is_full_ = false;
    std::optional<errc> failure_;
    mutable std::optional<std::pair<std::size_t, errc>> failing_;
};

}  // namespace baudot::store
