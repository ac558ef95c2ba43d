/** The Pod Security Standards: what pods of the levels baseline and restricted must not have (KEP-2579). */
@NullMarked
package io.kvorum.api.podsecurity;

import org.jspecify.annotations.NullMarked;
