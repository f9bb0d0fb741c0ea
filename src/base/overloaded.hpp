#pragma once

namespace baudot {

/// Lambdas as one visitor of a std::variant.
template <class... Each>
struct overloaded : Each... {
    using Each::operator()...;
};

}  // namespace baudot
