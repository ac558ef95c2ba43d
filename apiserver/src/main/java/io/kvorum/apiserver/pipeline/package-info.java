/** The path of every request: identify, authenticate, limit, authorize, dispatch, respond. */
@NullMarked
package io.kvorum.apiserver.pipeline;

import org.jspecify.annotations.NullMarked;
