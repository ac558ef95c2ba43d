/** Writes the pods behind each Service into the older Endpoints object of the same name. */
@NullMarked
package io.kvorum.controllers.endpoints;

import org.jspecify.annotations.NullMarked;
