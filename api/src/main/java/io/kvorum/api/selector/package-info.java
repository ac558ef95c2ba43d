/** Label and field selectors: their string and object forms, and whether an object matches. */
@NullMarked
package io.kvorum.api.selector;

import org.jspecify.annotations.NullMarked;
