/** Writes the pods behind each Service into EndpointSlices. */
@NullMarked
package io.kvorum.controllers.endpointslice;

import org.jspecify.annotations.NullMarked;
