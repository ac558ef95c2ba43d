/** What containers write: rotation, the times of lines, and reading it back. Knows no pods and no Vert.x; calls block. */
@NullMarked
package io.kvorum.kubelet.logs;

import org.jspecify.annotations.NullMarked;
