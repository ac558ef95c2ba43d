/** What came in and what goes out, whatever the transport: request, response, parsed path and query, the user. */
@NullMarked
package io.kvorum.apiserver.request;

import org.jspecify.annotations.NullMarked;
