/** What makes an object invalid, with upstream's field paths, reasons and texts. */
@NullMarked
package io.kvorum.api.validation;

import org.jspecify.annotations.NullMarked;
