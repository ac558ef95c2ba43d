/** What the API fills in where an object leaves a field out. */
@NullMarked
package io.kvorum.api.defaults;

import org.jspecify.annotations.NullMarked;
