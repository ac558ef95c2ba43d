/** Rolls ReplicaSets of a Deployment from one pod template to the next. */
@NullMarked
package io.kvorum.controllers.deployment;

import org.jspecify.annotations.NullMarked;
