/** Deletes what is left without owners, and holds back owners that are deleted in the foreground. */
@NullMarked
package io.kvorum.controllers.garbage;

import org.jspecify.annotations.NullMarked;
