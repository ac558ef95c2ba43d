/** The three patches of the API that need no field manager: JSON patch, merge patch, strategic merge patch. */
@NullMarked
package io.kvorum.api.patch;

import org.jspecify.annotations.NullMarked;
