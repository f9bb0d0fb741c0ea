#pragma once

#include <boost/unordered/unordered_flat_set.hpp>

#include <set>
#include <string>
#include <string_view>

#include "base/error.hpp"
#include "base/ids.hpp"
#include "dispatch/ledger.hpp"
#include "engine/overlay.hpp"
#include "model/event.hpp"

namespace baudot::engine {

/// Which deliveries have been planned before (P2). A post that has a plan has a mark, a row of
/// `seen` that names its planned events: so for nearly every post one look tells that nothing of
/// it is known, however many deliveries it has. Where there is a mark, what has a fate stands in
/// `copies` and what is owed in `pending`.
///
/// A store that an older program began has posts without a mark: there each delivery is looked
/// for. Owned by one shard.
class planned_posts {
public:
    planned_posts(overlay& rows, const dispatch::ledger& owed) : rows_(rows), owed_(owed) {}

    /// The store as it was left; `is_empty`: nothing was ever in it. Its errors.
    result<void> restore(bool is_empty);

    /// The store's errors; errc::corrupt.
    result<void> planned(sequence position, const deliveries_planned& what);

    /// Takes away what has been planned before. The store's errors; errc::corrupt.
    result<void> drop_known(deliveries_planned& what);

private:
    using ids = std::set<delivery_id>;

    result<ids> owed_of(std::string_view mark) const;

    overlay& rows_;
    const dispatch::ledger& owed_;
    bool are_all_marked_ = false;
    // Keys of marks that are surely not there: drop_known() has looked, planned() need not.
    boost::unordered_flat_set<std::string> absent_;
};

}  // namespace baudot::engine
