/** Where requests enter: HTTPS and the bus. */
@NullMarked
package io.kvorum.apiserver.edge;

import org.jspecify.annotations.NullMarked;
