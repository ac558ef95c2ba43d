/** Which rule a request meets and what the rule does to it, by the Gateway API's rules of precedence. Pure. */
@NullMarked
package io.kvorum.gateway.routing;

import org.jspecify.annotations.NullMarked;
