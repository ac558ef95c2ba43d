/** What several components do with TCP connections. */
@NullMarked
package io.kvorum.component.net;

import org.jspecify.annotations.NullMarked;
