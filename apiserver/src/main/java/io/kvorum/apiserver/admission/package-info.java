/** Plugins that change or refuse objects between decoding and storing. */
@NullMarked
package io.kvorum.apiserver.admission;

import org.jspecify.annotations.NullMarked;
