/** What the API server makes by itself: objects of birth, its own endpoints, compaction. */
@NullMarked
package io.kvorum.apiserver.bootstrap;

import org.jspecify.annotations.NullMarked;
