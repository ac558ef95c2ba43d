/** What the workload controllers know of pods: states, which to delete first, ownership, creation from a template. */
@NullMarked
package io.kvorum.controllers.pods;

import org.jspecify.annotations.NullMarked;
