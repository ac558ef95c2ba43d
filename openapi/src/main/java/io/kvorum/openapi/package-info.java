/** The OpenAPI documents of the API, made at build time by {@link io.kvorum.openapi.generate} and read when asked for. */
@NullMarked
package io.kvorum.openapi;

import org.jspecify.annotations.NullMarked;
