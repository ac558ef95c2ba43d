/** The plugins, one pure file each. */
@NullMarked
package io.kvorum.scheduler.plugins;

import org.jspecify.annotations.NullMarked;
