/**
 * The disruption controller: what each PodDisruptionBudget allows just now, kept in its status where the eviction API
 * reads it and charges it. {@link io.kvorum.controllers.disruption.BudgetStatus} is the pure core; how many pods there
 * ought to be is asked of the pods' owners ({@link io.kvorum.controllers.disruption.OwnerScales}).
 */
@NullMarked
package io.kvorum.controllers.disruption;

import org.jspecify.annotations.NullMarked;
