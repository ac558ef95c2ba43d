/** The process's log: SLF4J over java.util.logging, one line per event, as text or JSON. */
@NullMarked
package io.kvorum.component.log;

import org.jspecify.annotations.NullMarked;
