/** What tests of whole clusters need: a cluster of real processes, the real kubectl, a constant load, a clock of one's own. */
@NullMarked
package io.kvorum.testkit;

import org.jspecify.annotations.NullMarked;
