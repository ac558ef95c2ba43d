/** From the objects of the Gateway API to what is served, and back to their status. */
@NullMarked
package io.kvorum.gateway.control;

import org.jspecify.annotations.NullMarked;
