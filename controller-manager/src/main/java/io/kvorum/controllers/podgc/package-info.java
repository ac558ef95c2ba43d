/** Deletes pods that nobody else will delete: of vanished nodes, finished ones in excess. */
@NullMarked
package io.kvorum.controllers.podgc;

import org.jspecify.annotations.NullMarked;
