// SPDX-License-Identifier: Apache-2.0
// Every tensor constant that a model holds: initializers and attributes, sparse ones, subgraphs and functions
// included.
#pragma once

#include "model/graph.h"

namespace padproof::model {

/// Calls visit(tensor); for a `const Graph` the tensors are constant.
template <class AnyGraph, class Visit>
void visit_tensors(AnyGraph& graph, const Visit& visit) {
  const auto visit_sparse = [&](auto& list) {
    for (auto& sparse : list) {
      visit(sparse.values);
      visit(sparse.indices);
    }
  };
  for (auto& tensor : graph.initializers) visit(tensor);
  visit_sparse(graph.sparse_initializers);
  for (auto& node : graph.nodes) {
    for (auto& attribute : node.attributes) {
      for (auto& tensor : attribute.tensors) visit(tensor);
      visit_sparse(attribute.sparse_tensors);
      for (auto& subgraph : attribute.graphs) visit_tensors(*subgraph, visit);
    }
  }
}

/// The same for the main graph, the functions' bodies and their attributes' defaults.
template <class AnyModel, class Visit>
void visit_model_tensors(AnyModel& model, const Visit& visit) {
  visit_tensors(*model.graph, visit);
  for (auto& function : model.functions) {
    visit_tensors(*function.body, visit);
    for (auto& attribute : function.attribute_defaults)
      for (auto& tensor : attribute.tensors) visit(tensor);
  }
}

}  // namespace padproof::model
