#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "limits_servers.hpp"

// Clients with always something to send. Those of others follow their published rules
// (docs/limits.md), each in its best version where a rule leaves a choice.
namespace baudot::limits {

class client {
public:
    virtual ~client() = default;
    virtual double next(double now) = 0;  // when it sends next, unless an answer comes before
    virtual int send(double now) = 0;     // sends; the number comes back with the answer
    virtual void answer(double now, double sent_at, int number, const server_answer& what) = 0;
};

struct client_kind {
    std::string name;
    std::function<std::unique_ptr<client>(bool is_group)> make;  // a client knows what it sends to
};

/// Baudot first.
std::vector<client_kind> client_kinds();

}  // namespace baudot::limits
