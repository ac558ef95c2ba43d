/**
 * The Common Expression Language as Kubernetes speaks it, on cel-java: expressions are compiled once against declared
 * variables, typed by structural schemas where there are some ({@link io.kvorum.cel.ValueType}), and evaluated over JSON
 * trees. Kubernetes' own functions are in {@link io.kvorum.cel.KubernetesLibrary}. Cel-java knows no costs: what an
 * expression may cost is estimated from its tree ({@link io.kvorum.cel.CostEstimate}), and evaluation is bounded by a
 * number of iterations.
 */
@NullMarked
package io.kvorum.cel;

import org.jspecify.annotations.NullMarked;
