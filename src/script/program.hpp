#pragma once

#include <cstdint>
#include <expected>
#include <optional>
#include <string>

#include "model/script.hpp"
#include "script/limits.hpp"
#include "script/subject.hpp"

namespace baudot::script {

/// What keeps a text from being a script.
struct syntax_error {
    std::uint32_t line = 0;  // from 0; of a script with a file of its own always 0
    std::string message;     // names that file, and the line in it
};

/// A script of Lua, compiled. What it says is a function of the post: each run has a machine of its
/// own, with neither clock nor chance nor anything outside, and nothing is kept from one to the
/// next. Immutable; runs may be on any threads at once. None takes longer than its limits.
class program {
public:
    static std::expected<program, syntax_error> compile(const script_source& what,
                                                        const limits& within = {});

    /// Whether it returns something for the post, neither nil nor false. No value: it failed, or
    /// was stopped; a sentence for people says why, which may have words of the post in it but is
    /// not long.
    std::expected<bool, std::string> holds(const subject& what) const;

    /// What it makes of the text; none: it returns nothing, so the text stays. As holds() where it
    /// fails; what it returns and is no text with entities is such a failure.
    std::expected<std::optional<new_text>, std::string> change(const subject& what) const;

private:
    program() = default;

    std::string name_;
    std::string compiled_;  // as the machine reads it
    limits limits_;
};

}  // namespace baudot::script
