/** Sessions at a shell, written down with what is printed, and played again as tests. */
@NullMarked
package io.kvorum.testkit.transcript;

import org.jspecify.annotations.NullMarked;
