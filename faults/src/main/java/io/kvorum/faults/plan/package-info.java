/**
 * Fault plans: a YAML file of steps ({@link io.kvorum.faults.plan.PlanParser}) becomes a tree ({@link
 * io.kvorum.faults.plan.Step}) that is validated as a whole before anything starts ({@link
 * io.kvorum.faults.plan.PlanCheck}) and then run against a cluster ({@link io.kvorum.faults.plan.PlanRun}), which records
 * what it did ({@link io.kvorum.faults.plan.Recording}).
 *
 * <p>Everything random is drawn from the seed and the place of the step in the plan ({@link
 * io.kvorum.faults.plan.Picks}), never from what happens meanwhile, so the same seed and plan pick the same. A recording
 * holds what was picked and when; replaying it does the same to the same members at the same offsets.
 */
@NullMarked
package io.kvorum.faults.plan;

import org.jspecify.annotations.NullMarked;
