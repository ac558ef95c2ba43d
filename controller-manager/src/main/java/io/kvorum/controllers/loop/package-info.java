/** What every controller is made of: its life, its surroundings, batches that start slowly. */
@NullMarked
package io.kvorum.controllers.loop;

import org.jspecify.annotations.NullMarked;
