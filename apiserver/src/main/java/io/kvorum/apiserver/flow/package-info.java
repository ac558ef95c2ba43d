/**
 * API priority and fairness: FlowSchemas sort requests into priority levels, each of which has a share of this server's
 * seats and queues of its own, so that no flow can keep the others from being served.
 */
@NullMarked
package io.kvorum.apiserver.flow;

import org.jspecify.annotations.NullMarked;
