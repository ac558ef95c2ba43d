/** Who asks (certificate or bus sender) and whether they may. */
@NullMarked
package io.kvorum.apiserver.auth;

import org.jspecify.annotations.NullMarked;
