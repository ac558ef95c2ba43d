/**
 * Extension API servers: APIServices say which group and version another server answers; it is asked with the user's name
 * in headers, and what it serves is part of this server's discovery.
 */
@NullMarked
package io.kvorum.apiserver.aggregation;

import org.jspecify.annotations.NullMarked;
