#include "script/program.hpp"

#include <algorithm>
#include <charconv>
#include <string_view>
#include <system_error>
#include <utility>

#include "script/box.hpp"
#include "script/library.hpp"

namespace baudot::script {
namespace {

/// What is done in the box, where errors of Lua are caught.
struct work {
    virtual void run(lua_State* in) = 0;

protected:
    ~work() = default;
};

/// The error, if there was one.
std::string run_in(box& here, work& what) {
    if (here.state() == nullptr) return "there is no memory for it";
    const auto run = [](lua_State* in) {
        auto* const self = static_cast<work*>(lua_touserdata(in, 1));
        lua_settop(in, 0);
        self->run(in);
        return 0;
    };
    const int status = lua_cpcall(here.state(), run, &what);
    return status == 0 ? std::string() : here.failure(status);
}

struct compiling final : work {
    const std::string& name;  // with "=", so that Lua takes it as it is
    const std::string& source;
    std::string made;

    compiling(const std::string& called, const std::string& what) : name(called), source(what) {}
    // Numbers such as 1LL are of ffi, which the compiler opens by itself for them, and says so
    // there.
    void run(lua_State* in) override {
        constexpr const char* opened = "_LOADED";
        lua_newtable(in);
        lua_setfield(in, LUA_REGISTRYINDEX, opened);
        if (luaL_loadbufferx(in, source.data(), source.size(), name.c_str(), "t") != 0) {
            lua_error(in);
        }
        lua_getfield(in, LUA_REGISTRYINDEX, opened);
        lua_getfield(in, -1, LUA_FFILIBNAME);
        if (!lua_isnil(in, -1)) luaL_error(in, "there are no numbers with LL, ULL or i");
        lua_pop(in, 2);
        const auto write = [](lua_State*, const void* bytes, std::size_t size, void* to) {
            static_cast<std::string*>(to)->append(static_cast<const char*>(bytes), size);
            return 0;
        };
        lua_dump(in, write, &made);
    }
};

void push_script(lua_State* in, const std::string& name, const std::string& compiled) {
    if (luaL_loadbufferx(in, compiled.data(), compiled.size(), name.c_str(), "b") != 0) {
        lua_error(in);
    }
}

struct loading final : work {
    const std::string& name;
    const std::string& compiled;

    loading(const std::string& called, const std::string& what) : name(called), compiled(what) {}
    void run(lua_State* in) override {
        push_globals(in);
        push_script(in, name, compiled);
    }
};

/// A run for a post: what it returns is on the stack then.
struct running : work {
    const std::string& name;
    const std::string& compiled;
    const subject& what;

    running(const std::string& called, const std::string& script, const subject& of)
        : name(called), compiled(script), what(of) {}
    void run(lua_State* in) override {
        push_globals(in);
        push_post(in, what);
        lua_setfield(in, -2, "post");
        push_script(in, name, compiled);
        lua_insert(in, -2);
        lua_setfenv(in, -2);
        lua_call(in, 0, 2);
        take(in);
    }

protected:
    ~running() = default;

private:
    virtual void take(lua_State* in) = 0;
};

struct judging final : running {
    using running::running;
    bool holds = false;

private:
    void take(lua_State* in) override { holds = lua_toboolean(in, 1) != 0; }
};

struct changing final : running {
    using running::running;
    std::optional<new_text> made;

private:
    void take(lua_State* in) override {
        if (lua_isnoneornil(in, 1) && lua_isnoneornil(in, 2)) return;
        read_new_text(in, what, made.emplace());
    }
};

/// What stands before the number of a line in messages of Lua.
std::string name_of(const script_source& what) {
    if (what.file.empty()) return "script";
    const std::string_view file = what.file;
    return std::string(file.substr(file.rfind('/') + 1).substr(0, 50));  // Lua cuts longer ones
}

/// Of "name:3: message".
syntax_error read_error(const script_source& what, const std::string& name, std::string text) {
    syntax_error made;
    unsigned line = 0;
    if (text.starts_with(name + ':')) {
        const char* const begin = text.data() + name.size() + 1;
        const auto [stop, error] = std::from_chars(begin, text.data() + text.size(), line);
        const auto rest = static_cast<std::size_t>(stop - text.data());
        if (error == std::errc{}) text.erase(0, text.compare(rest, 2, ": ") == 0 ? rest + 2 : rest);
    }
    if (what.file.empty()) {
        // The end of the code may be a line that nobody has written.
        const auto last = std::count(what.code.begin(), what.code.end(), '\n') -
                          (what.code.ends_with('\n') ? 1 : 0);
        made.line = std::min(line > 0 ? line - 1 : 0,
                             static_cast<unsigned>(std::max<std::ptrdiff_t>(last, 0)));
        made.message = "script: " + text;
    } else {
        made.message = what.file + (line > 0 ? ':' + std::to_string(line) : "") + ": " + text;
    }
    return made;
}

}  // namespace

std::expected<program, syntax_error> program::compile(const script_source& what,
                                                      const limits& within) {
    program made;
    const std::string name = name_of(what);
    made.name_ = '=' + name;
    made.limits_ = within;
    const auto fail = [&](std::string why) {
        return std::unexpected(read_error(what, name, std::move(why)));
    };
    if (what.code.size() > within.source) {
        return fail("it is longer than " + std::to_string(within.source >> 10) + " KiB");
    }
    limits roomy = within;  // the compiler doubles its tables
    roomy.block = 16UL << 20;
    roomy.memory = 64UL << 20;
    compiling compiler(made.name_, what.code);
    box maker(roomy);
    if (std::string wrong = run_in(maker, compiler); !wrong.empty()) return fail(std::move(wrong));
    made.compiled_ = std::move(compiler.made);
    box here(within);
    loading once(made.name_, made.compiled_);
    if (const std::string wrong = run_in(here, once); !wrong.empty()) {
        return fail("it is too large: " + wrong);
    }
    return made;
}

std::expected<bool, std::string> program::holds(const subject& what) const {
    box here(limits_);
    judging one(name_, compiled_, what);
    if (std::string wrong = run_in(here, one); !wrong.empty()) return std::unexpected(wrong);
    return one.holds;
}

std::expected<std::optional<new_text>, std::string> program::change(const subject& what) const {
    box here(limits_);
    changing one(name_, compiled_, what);
    if (std::string wrong = run_in(here, one); !wrong.empty()) return std::unexpected(wrong);
    return std::move(one.made);
}

}  // namespace baudot::script
