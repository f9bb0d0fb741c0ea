#pragma once

#include <cstdio>
#include <cstdlib>

// Assertions find bugs of ours; they stay on in release builds. A condition that
// the network, the disk or an operator can cause is not a bug: return an error for it.
// `why` must never hold a secret: it goes to stderr.
#define BAUDOT_ASSERT(condition, why)                                                      \
    do {                                                                                   \
        if (!(condition)) [[unlikely]] {                                                   \
            std::fprintf(stderr, "%s:%d: assertion failed: %s (%s)\n", __FILE__, __LINE__, \
                         #condition, why);                                                 \
            std::abort();                                                                  \
        }                                                                                  \
    } while (false)
