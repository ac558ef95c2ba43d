/** A seeded fuzzer of the API server's outer surface. */
@NullMarked
package io.kvorum.apiserver.fuzz;

import org.jspecify.annotations.NullMarked;
