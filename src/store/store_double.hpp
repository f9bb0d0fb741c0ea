#pragma once

#include <array>
#include <deque>
#include <map>
#include <optional>
#include <string>

#include "base/random.hpp"
#include "store/store.hpp"

namespace baudot::store {

/// A store in memory with the semantics of the real one, for tests and the simulation: atomic
/// batches, a position, and crash(), which loses what was not flushed. As the real one may have
/// flushed on its own, a crash keeps some prefix of the unflushed batches, drawn from a seed.
///
/// checkpoint() needs files and answers errc::invalid_argument. Not thread-safe.
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

    /// The next apply() or flush() fails with `code` and changes nothing.
    void fail_next(errc code) { failure_ = code; }

private:
    struct contents {
        std::array<std::map<std::string, std::string, std::less<>>, family_count> families;
        sequence position{};
        void apply(const write_batch& batch, sequence at);
    };

    std::optional<errc> take_failure();

    contents newest_;
    contents flushed_;
    std::deque<std::pair<write_batch, sequence>> unflushed_;
    std::optional<errc> failure_;
};

}  // namespace baudot::store
