/** ControllerRevisions: the templates an owner had, by which {@code kubectl rollout history} and {@code undo} go. */
@NullMarked
package io.kvorum.controllers.history;

import org.jspecify.annotations.NullMarked;
