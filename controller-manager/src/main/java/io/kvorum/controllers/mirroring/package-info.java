/** EndpointSlices for Endpoints that somebody made by hand. */
@NullMarked
package io.kvorum.controllers.mirroring;

import org.jspecify.annotations.NullMarked;
