/** Binds claims to volumes, reclaims volumes, and keeps both while they are used. */
@NullMarked
package io.kvorum.controllers.volume;

import org.jspecify.annotations.NullMarked;
