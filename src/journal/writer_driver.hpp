#pragma once

#include <functional>

namespace baudot::journal {

/// Where the journal's writer runs: a thread in a node, a coroutine under virtual time in the
/// simulation. One driver serves one journal.
class writer_driver {
public:
    /// Does one stage of the work (write, sync, complete, ...); false when there is nothing to do.
    using step = std::function<bool()>;

    writer_driver() = default;
    writer_driver(const writer_driver&) = delete;
    writer_driver& operator=(const writer_driver&) = delete;
    virtual ~writer_driver() = default;

    /// Once, before any wake().
    virtual void start(step work) = 0;

    /// Any thread. `work` is then called, never inside this call and never twice at a time,
    /// until it returns false.
    virtual void wake() = 0;

    /// On return no step is running and none will be called. May block for one step.
    virtual void stop() = 0;
};

}  // namespace baudot::journal
