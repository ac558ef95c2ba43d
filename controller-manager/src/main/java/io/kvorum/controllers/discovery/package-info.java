/** Asks the API which resources there are, for the controllers that work on all of them. */
@NullMarked
package io.kvorum.controllers.discovery;

import org.jspecify.annotations.NullMarked;
