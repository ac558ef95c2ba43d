/** The sockets: frontends that listen on service addresses and relay what they accept. */
@NullMarked
package io.kvorum.proxy.net;

import org.jspecify.annotations.NullMarked;
