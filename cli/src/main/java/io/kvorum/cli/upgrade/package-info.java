/**
 * Changing a running cluster step by step: nodes by group, and the guided upgrade.
 *
 * <p>Design. An upgrade is a direction: from a release to a release, from source groups to target groups, the control
 * plane first or last. Its reverse is the same with both ends swapped, so going back is no code of its own. Every step
 * looks at the world, does what is missing and returns when the world is as the step wants it, hence a command that was
 * killed anywhere goes on by running all steps again. {@code upgrade.json} in the cluster's folder holds the direction
 * and what happened, written by atomic rename before and after every step.
 */
@NullMarked
package io.kvorum.cli.upgrade;

import org.jspecify.annotations.NullMarked;
