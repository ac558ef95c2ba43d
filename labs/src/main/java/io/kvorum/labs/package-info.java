/**
 * Labs: runnable, graded experiments. A lab is a folder with {@code lab.yaml}, a {@code README.md}, manifests and
 * scripts; {@link io.kvorum.labs.LabFile} reads it. {@link io.kvorum.labs.LabSession} starts, grades, hints and resets one
 * on a running cluster, through {@link io.kvorum.labs.LabCluster}: the same kubectl and kvorum commands that the student
 * uses, so that a grade never rests on anything the student cannot see.
 *
 * <p>A lab is a list of steps. Each step has checks of behaviour; a step that was passed once stays passed, so that states
 * which go by (a partition, an election) can be graded while they last.
 */
@NullMarked
package io.kvorum.labs;

import org.jspecify.annotations.NullMarked;
