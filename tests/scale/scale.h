// SPDX-License-Identifier: Apache-2.0
// Models with tens of thousands of something. Each is a few megabytes and must cost seconds at most.
#pragma once

#include <string>

namespace padproof::test::scale {

using Count = std::size_t;

// Much of one thing, all in order.
std::string chain(Count nodes);
std::string chain_of_identities(Count nodes);
std::string backwards(Count nodes);
std::string windows(Count nodes);
std::string attributes(Count count);
std::string shared_input(Count count);
std::string many_inputs(Count count);
std::string many_outputs(Count count);
std::string many_constants(Count count);
std::string recorded_shapes(Count count);
std::string operator_sets(Count count);
std::string branches(Count count);
std::string functions(Count count);
std::string calls(Count count);

// Little that unfolds into much.
std::string chain_of_functions(Count depth);
std::string doubling_functions(Count depth);
std::string wide_function(Count values, Count called);
std::string high_rank(Count rank, Count nodes);
std::string long_contents(Count nodes);
std::string growing_extents(Count nodes);
std::string forgetful_loops(Count depth, Count carried);

}  // namespace padproof::test::scale
