/** What objects count for in quotas: shared by the API server, which charges, and the controller, which counts anew. */
@NullMarked
package io.kvorum.api.quota;

import org.jspecify.annotations.NullMarked;
