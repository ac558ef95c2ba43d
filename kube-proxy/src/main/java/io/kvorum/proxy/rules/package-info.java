/** What to listen on and where to lead it: pure functions and state without sockets or clock. */
@NullMarked
package io.kvorum.proxy.rules;

import org.jspecify.annotations.NullMarked;
